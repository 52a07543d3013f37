import { fail } from "../../errors.ts";
import { dimensionsOf } from "../../formats/coreml/program-value.ts";
import type {
  MILSpecBlock,
  MILSpecFunction,
  MILSpecNamedValueType,
  MILSpecOperation,
  MILSpecValueType,
  Model,
} from "../../formats/coreml/types.gen.ts";
import type {
  InnerModel,
  LayerSummary,
  ModelSummary,
  SummaryShape,
  SummaryTensor,
  WeightSummary,
} from "../../ir/model-summary.ts";
import { argumentsOf, type Constants, constantsOf, settingsOf } from "./program-constants.ts";

/**
 * The operations of an ML Program as layers: shapes as the program declares them, constants as the weights and settings of those who
 * read them. What stands within a loop or a branch are the layers of its operation.
 *
 * @throws KcError `bad-config` for a program without the function that it should run.
 */
export function summariseProgram(model: Model): Required<Pick<ModelSummary, "layers" | "results">> {
  const { inputs = [], block } = functionOf(model);
  const scope: Scope = { path: "", constants: new Map(), makers: new Map(), names: new Set() };
  const layers = [...inputs.map((input) => inputLayer(input, scope)), ...layersOf(block, scope)];
  return { layers, results: (block.outputs ?? []).flatMap((name) => scope.makers.get(name) ?? []) };
}

/** What is known at one place of a program. */
interface Scope {
  /** Of the operation around, with a stroke behind it. */
  readonly path: string;
  readonly constants: Constants;
  /** Which layer makes each value. */
  readonly makers: Map<string, SummaryTensor>;
  readonly names: Set<string>;
}

/** The function that is run, and the block that belongs to its opset. */
function functionOf({ mlProgram, description }: Model): Pick<MILSpecFunction, "inputs"> & {
  readonly block: MILSpecBlock;
} {
  const name = description?.defaultFunctionName || "main";
  const found = mlProgram?.functions?.get(name);
  if (found === undefined) return fail("bad-config", `The program has no function "${name}".`);
  const { opset = "", blockSpecializations } = found;
  const block = blockSpecializations?.get(opset);
  if (block !== undefined) return { inputs: found.inputs, block };
  return fail("bad-config", `The function "${name}" has no block for ${opset || "its opset"}.`);
}

function inputLayer({ name = "", type }: MILSpecNamedValueType, scope: Scope): LayerSummary {
  const layer = uniqueName(name, name, scope);
  scope.makers.set(name, { layer, call: 0, tensor: 0 });
  return {
    name: layer,
    path: `${scope.path}${layer}`,
    className: "InputLayer",
    trainable: false,
    weights: [],
    calls: [{ inputs: [], outputs: [shapeOf(type)] }],
  };
}

function layersOf({ operations = [] }: MILSpecBlock, scope: Scope): readonly LayerSummary[] {
  const constants = constantsOf(operations, scope.constants);
  const inner = { ...scope, constants };
  return operations.flatMap((operation) => {
    const { type = "" } = operation;
    const constant = type === "const" || type.startsWith("constexpr_");
    return constant ? [] : [layerOf(operation, inner)];
  });
}

function layerOf(operation: MILSpecOperation, scope: Scope): LayerSummary {
  const { type = "", outputs = [], attributes } = operation;
  const made = outputs[0]?.name ?? "";
  const stated = attributes?.get("name")?.immediateValue?.tensor?.strings?.values?.[0];
  const name = uniqueName(stated || made, made, scope);
  const read = argumentsOf(operation);
  const inputs = read.flatMap((one) => scope.makers.get(one.name ?? "") ?? []);
  outputs.forEach((output, tensor) => {
    scope.makers.set(output.name ?? "", { layer: name, call: 0, tensor });
  });
  const shapes = outputs.map((output) => shapeOf(output.type));
  const model = innerModel(operation, { ...scope, path: `${scope.path}${name}/` }, shapes);
  const within = model?.layers.flatMap(({ weights }) => weights) ?? [];
  return {
    name,
    path: `${scope.path}${name}`,
    className: type,
    trainable: false,
    weights: [...weightsOf(operation, scope.constants), ...within],
    calls: [{ inputs, outputs: shapes }],
    config: settingsOf(operation, scope.constants),
    ...(model === undefined ? {} : { model }),
  };
}

/** The blocks of a loop or a branch, one after another. */
function innerModel(
  { blocks = [] }: MILSpecOperation,
  { path, constants }: Scope,
  outputs: readonly SummaryShape[],
): InnerModel | undefined {
  if (blocks.length === 0) return undefined;
  const scope: Scope = { path, constants, makers: new Map(), names: new Set() };
  const layers = blocks.flatMap((block) => [
    ...(block.inputs ?? []).map((input) => inputLayer(input, scope)),
    ...layersOf(block, scope),
  ]);
  return { sequential: false, built: true, layers, outputs };
}

function weightsOf(operation: MILSpecOperation, constants: Constants): readonly WeightSummary[] {
  return argumentsOf(operation).flatMap(({ role, name, value }) => {
    // a recurrent layer's state before the first step: Keras has it too, and does not count it
    if (role.startsWith("initial_")) return [];
    const weight = name === undefined ? value?.weight : constants.get(name)?.weight;
    return weight === undefined ? [] : [{ ...weight, role }];
  });
}

/** The names of a program are its author's: a name that is taken gives way to that of the value. */
function uniqueName(wanted: string, made: string, { names }: Scope): string {
  let name = names.has(wanted) ? made : wanted;
  for (let count = 2; names.has(name); count++) name = `${wanted}_${count}`;
  names.add(name);
  return name;
}

/** Of tensors and of states; texts and dictionaries have none. */
function shapeOf(type: MILSpecValueType | undefined): SummaryShape {
  const tensor = type?.tensorType ?? type?.stateType?.wrappedType?.tensorType;
  return tensor === undefined ? undefined : dimensionsOf(tensor);
}

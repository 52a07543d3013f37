import { createDiagnostics, type Diagnostic, type Diagnostics, fail } from "../../errors.ts";
import { elementType, tensorShape } from "../../formats/onnx/tensor-values.ts";
import type {
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from "../../formats/onnx/types.gen.ts";
import type {
  InnerModel,
  LayerSummary,
  ModelSummary,
  SummaryShape,
  SummaryTensor,
  WeightSummary,
} from "../../ir/model-summary.ts";
import { type Dim, sizeOf } from "../../ir/tensor.ts";
import type { Json } from "../../json.ts";
import { roleOf } from "./roles.ts";
import { isSetting, settingIn, settingsOf } from "./settings.ts";
import { addSimpleShapes } from "./simple-shapes.ts";

/** The nodes of an ONNX model as layers. */
export interface OnnxSummary {
  readonly summary: ModelSummary;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The nodes of a model, of whichever writer, as layers: the operator as class, constants as the weights and settings of those who read them,
 * shapes where the model states them. What stands within a loop or a branch are the layers of its node.
 */
export function summariseOnnx(model: ModelProto, options: { readonly name: string }): OnnxSummary {
  const log = createDiagnostics();
  const { graph = {} } = model;
  const scope = scopeOf(graph, undefined, "", log);
  const layers = layersOf(graph, scope);
  const results = (graph.output ?? []).flatMap(({ name = "" }) => scope.makers.get(name) ?? []);
  const { name } = options;
  return {
    summary: { name, className: "Functional", style: "keras3", sequential: false, layers, results },
    warnings: log.warnings,
  };
}

/** What is known at one place of a model. */
interface Scope {
  /** Of the node around, with a stroke behind it. */
  readonly path: string;
  /** Initializers and constants by name, those around too. */
  readonly constants: Map<string, TensorProto>;
  /** Which layer makes each value. */
  readonly makers: Map<string, SummaryTensor>;
  readonly shapes: ReadonlyMap<string, SummaryShape>;
  readonly names: Set<string>;
  readonly log: Diagnostics;
}

function scopeOf(
  graph: GraphProto,
  outer: Scope | undefined,
  path: string,
  log: Diagnostics,
): Scope {
  const constants = new Map(outer?.constants);
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? "", tensor);
  for (const { opType, attribute = [], output = [] } of graph.node ?? []) {
    const value = attribute.find(({ name }) => name === "value")?.t;
    if (opType === "Constant" && value !== undefined) {
      constants.set(output[0] ?? "", { ...value, name: output[0] ?? "" });
    }
  }
  const stated = [...(graph.valueInfo ?? []), ...(graph.input ?? []), ...(graph.output ?? [])];
  const shapes = new Map(stated.map(({ name = "", type }) => [name, shapeOf(type)]));
  addSimpleShapes(graph.node ?? [], shapes);
  return { path, constants, makers: new Map(), shapes, names: new Set(), log };
}

function layersOf(graph: GraphProto, scope: Scope): readonly LayerSummary[] {
  // up to format 3 initializers are inputs too
  const inputs = (graph.input ?? []).filter(({ name = "" }) => !scope.constants.has(name));
  const nodes = (graph.node ?? []).filter(
    ({ opType, output = [] }) => opType !== "Constant" || !scope.constants.has(output[0] ?? ""),
  );
  return [
    ...inputs.map((input) => inputLayer(input, scope)),
    ...nodes.map((node, index) => layerOf(node, index, scope)),
  ];
}

function inputLayer({ name = "", type }: ValueInfoProto, scope: Scope): LayerSummary {
  const layer = uniqueName(name, 0, scope);
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

function layerOf(node: NodeProto, index: number, scope: Scope): LayerSummary {
  const { opType = "", domain = "", input = [], output = [], attribute = [] } = node;
  const name = uniqueName(node.name || output[0] || opType, index, scope);
  const read = input.flatMap((value) => scope.makers.get(value) ?? []);
  output.forEach((value, tensor) => {
    if (value !== "") scope.makers.set(value, { layer: name, call: 0, tensor });
  });
  const shapes = output.map((value) => scope.shapes.get(value));
  const model = innerModel(node, { ...scope, path: `${scope.path}${name}/` }, shapes);
  const { weights, settings } = constantsRead(node, scope);
  const within = model?.layers.flatMap((layer) => layer.weights) ?? [];
  return {
    name,
    path: `${scope.path}${name}`,
    className: domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`,
    trainable: false,
    weights: [...weights, ...within],
    calls: [{ inputs: read, outputs: shapes }],
    config: { ...settingsOf(attribute), ...settings },
    ...(model === undefined ? {} : { model }),
  };
}

/** The graphs of a loop or a branch, one after another. */
function innerModel(
  { attribute = [] }: NodeProto,
  outer: Scope,
  outputs: readonly SummaryShape[],
): InnerModel | undefined {
  const graphs = attribute.flatMap(({ g, graphs: several = [] }) =>
    g === undefined ? several : [g, ...several],
  );
  if (graphs.length === 0) return undefined;
  const names = new Set<string>();
  const layers = graphs.flatMap((graph) =>
    layersOf(graph, { ...scopeOf(graph, outer, outer.path, outer.log), names }),
  );
  return { sequential: false, built: true, layers, outputs };
}

/** The constants that a node reads: weights, and what is rather a setting. */
function constantsRead(
  { opType = "", input = [] }: NodeProto,
  { constants, log }: Scope,
): { readonly weights: readonly WeightSummary[]; readonly settings: Record<string, Json> } {
  const weights: WeightSummary[] = [];
  const settings: Record<string, Json> = {};
  input.forEach((value, index) => {
    const tensor = constants.get(value);
    if (tensor === undefined) return;
    const role = roleOf(opType, index);
    if (!isSetting(tensor)) {
      const weight = weightOf(tensor, log);
      if (weight !== undefined)
        weights.push({ ...weight, ...(role === undefined ? {} : { role }) });
      return;
    }
    const setting = tensor.dataLocation === "EXTERNAL" ? undefined : settingIn(tensor);
    if (setting !== undefined) settings[role ?? `input ${index}`] = setting;
  });
  return { weights, settings };
}

function weightOf(tensor: TensorProto, log: Diagnostics): WeightSummary | undefined {
  const { name: id = "", dataType } = tensor;
  const shape = tensorShape(tensor, {});
  const { name, dtype, width } = elementType(dataType);
  const count = sizeOf(shape);
  if (dtype === undefined) {
    log.warn({
      code: "unsupported",
      text: `The array "${id}" of type ${name} is not counted among the parameters.`,
    });
    return undefined;
  }
  const bytes = count * width;
  if (!Number.isSafeInteger(bytes))
    fail("corrupt-file", `The array "${id}" claims ${count} numbers.`);
  return { id, count, dtype, bytes, trainable: false, shape };
}

/** The names of nodes are their author's: they may be missing or the same. */
function uniqueName(wanted: string, index: number, { names }: Scope): string {
  let name = wanted;
  for (let count = index; names.has(name); count++) name = `${wanted}_${count}`;
  names.add(name);
  return name;
}

/** Of tensors; a named or missing size is free. */
function shapeOf(type: TypeProto | undefined): SummaryShape {
  const dims = type?.tensorType?.shape?.dim;
  return type?.tensorType?.shape === undefined
    ? undefined
    : (dims ?? []).map(({ dimValue }): Dim => dimValue ?? null);
}

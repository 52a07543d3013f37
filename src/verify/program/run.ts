import { fail } from "../../errors.ts";
import type { BlobLookup } from "../../formats/coreml/open.ts";
import {
  createTensorReader,
  labelsIn,
  stringsIn,
  type TensorReader,
} from "../../formats/coreml/program-value.ts";
import type { FeatureDescription, MILSpecValue, Model } from "../../formats/coreml/types.gen.ts";
import { readFloat32 } from "../../ir/tensor.ts";
import { type ModelInput, readFeature, wrongInput } from "../features.ts";
import { roundToHalf } from "../half.ts";
import type { Interpreter, ModelOutput, RunOptions } from "../interpreter.ts";
import { inLayer } from "../limits.ts";
import { emptyTensor, showShape, type Tensor } from "../tensor.ts";
import { OperationCall, type OperationResult } from "./call.ts";
import { allowsShape } from "./interface.ts";
import { openProgram, type Program, type ProgramStep } from "./open.ts";
import { fixedShape, misfit, type ProgramValue, type TypedTensor } from "./value.ts";

/**
 * Runs an ML Program. Numbers are stored as float32 and summed in float64; those that the program declares as float16
 * keep all their digits, so that a comparison judges the conversion, unless `half` asks for rounding as on a device.
 */
export function createProgramInterpreter(model: Model, blobs: BlobLookup): Interpreter {
  const program = openProgram(model);
  const read = createValueReader(createTensorReader(blobs));
  const constants = new Map<ProgramStep, readonly ProgramValue[]>();
  return {
    run(inputs, options = {}) {
      const given = readInputs(program, inputs);
      return collect(program, runSteps({ program, read, constants }, given, options));
    },
  };
}

/** A literal, or an array of the weight file; read once. */
type ValueReader = (value: MILSpecValue, step: ProgramStep) => ProgramValue;

interface Machine {
  readonly program: Program;
  readonly read: ValueReader;
  /** What does not depend on the inputs, once it is known. */
  readonly constants: Map<ProgramStep, readonly ProgramValue[]>;
}

type Values = Map<string, ProgramValue>;

/** More numbers than any sound model computes in one run. */
const MOST_NUMBERS = 2 ** 31;

function createValueReader(readTensor: TensorReader): ValueReader {
  const known = new WeakMap<MILSpecValue, ProgramValue>();
  return (value, { name, operation }) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const made = readValue(readTensor, value, name, operation.type ?? "");
    known.set(value, made);
    return made;
  };
}

function readValue(
  readTensor: TensorReader,
  value: MILSpecValue,
  layer: string,
  className: string,
): ProgramValue {
  const { tensorType, listType } = value.type ?? {};
  if (listType !== undefined) return { kind: "labels", labels: labelsIn(value) ?? [] };
  if (tensorType?.dataType === "STRING") return { kind: "text", text: stringsIn(value) ?? [""] };
  const { dataType, shape, weight } = readTensor(value, layer, { layer, className });
  return { kind: "tensor", tensor: { dataType, shape, data: readFloat32(weight) } };
}

function readInputs(program: Program, inputs: Readonly<Record<string, ModelInput>>): Values {
  const given = new Map(Object.entries(inputs));
  const values: Values = new Map();
  for (const feature of program.described.inputs) {
    const name = feature.name ?? "";
    const tensor = readInput(program, feature, given.get(name));
    values.set(name, { kind: "tensor", tensor });
    given.delete(name);
  }
  for (const name of given.keys()) wrongInput(name, "is none of the model's");
  return values;
}

function readInput(
  { inputs }: Program,
  feature: FeatureDescription,
  given: ModelInput | undefined,
): TypedTensor {
  const { name = "", type } = feature;
  const declared = inputs.find((one) => one.name === name)?.type;
  const dataType = declared?.tensorType?.dataType ?? "FLOAT32";
  const mapping = { exactArrays: true, rank4Images: true, preprocessing: [] };
  const array = type?.multiArrayType;
  const blob = readFeature(feature, given, mapping) ?? absent(feature, fixedShape(declared));
  if (array !== undefined && !allowsShape(array, blob.shape)) {
    wrongInput(name, `has shape ${showShape(blob.shape)}, which the model does not allow`);
  }
  return { ...blob, dataType };
}

/** An optional input that is left out has one number throughout. */
function absent({ type, name }: FeatureDescription, shape: readonly number[] | undefined): Tensor {
  const { intDefaultValue, floatDefaultValue, doubleDefaultValue } = type?.multiArrayType ?? {};
  if (shape === undefined) return wrongInput(name ?? "", "is missing, and its shape is not fixed");
  const tensor = emptyTensor(shape);
  tensor.data.fill(intDefaultValue ?? floatDefaultValue ?? doubleDefaultValue ?? 0);
  return tensor;
}

/** Runs all operations; a value is dropped after its last reader unless it is given out. */
function runSteps(machine: Machine, inputs: Values, { half = false, observe }: RunOptions): Values {
  const { steps, outputs } = machine.program;
  const values: Values = new Map();
  const keep = (name: string, value: ProgramValue): void => {
    const kept = half ? rounded(value) : value;
    values.set(name, kept);
    if (kept.kind === "tensor") observe?.(name, kept.tensor);
  };
  for (const [name, value] of inputs) keep(name, value);
  const lastReader = new Map<string, number>();
  steps.forEach(({ reads }, index) => {
    for (const name of reads) lastReader.set(name, index);
  });
  for (const name of outputs) lastReader.delete(name);
  let computed = 0;
  steps.forEach((step, index) => {
    const results = resultsOf(machine, step, values);
    results.forEach((value, at) => {
      keep(step.makes[at] ?? "", value);
      if (value.kind === "tensor") computed += value.tensor.data.length;
    });
    if (computed > MOST_NUMBERS) {
      fail("limit", `The program computes more than ${MOST_NUMBERS} numbers.`);
    }
    for (const name of step.reads) if (lastReader.get(name) === index) values.delete(name);
  });
  return values;
}

function rounded(value: ProgramValue): ProgramValue {
  if (value.kind !== "tensor" || value.tensor.dataType !== "FLOAT16") return value;
  return { kind: "tensor", tensor: { ...roundToHalf(value.tensor), dataType: "FLOAT16" } };
}

function resultsOf(machine: Machine, step: ProgramStep, values: Values): readonly ProgramValue[] {
  const known = machine.constants.get(step);
  if (known !== undefined) return known;
  const { operation, name, run } = step;
  const at = { layer: name, className: operation.type ?? "" };
  const results = inLayer(at, () =>
    run === undefined ? [constantOf(machine, step)] : compute(machine, step, values),
  );
  (operation.outputs ?? []).forEach(({ type, name: result = "" }, index) => {
    const value = results[index];
    const wrong = value && misfit(value, type);
    if (wrong !== undefined) fail("bad-shape", `"${result}" ${wrong}.`, { at });
  });
  if (run === undefined || operation.type?.startsWith("constexpr_") === true) {
    machine.constants.set(step, results);
  }
  return results;
}

function constantOf({ read }: Machine, step: ProgramStep): ProgramValue {
  const value = step.operation.attributes?.get("val");
  if (value !== undefined) return read(value, step);
  return fail("bad-config", "The constant has no value.", { at: { layer: step.name } });
}

function compute(machine: Machine, step: ProgramStep, values: Values): readonly ProgramValue[] {
  const { operation, name, run } = step;
  const call = new OperationCall(operation, name, boundInputs(machine, step, values));
  const made = run?.(call) ?? [];
  const results: readonly OperationResult[] = isList(made) ? made : [made];
  const [unread] = call.unread;
  if (unread !== undefined)
    call.fail(`has an input "${unread}" that is not known here`, "bad-config");
  call.require(
    results.length >= call.outputCount,
    `names ${call.outputCount} outputs, but makes ${results.length}`,
  );
  const inherited = call.optional("x")?.dataType;
  return results.slice(0, call.outputCount).map((result) => {
    if ("kind" in result) return result;
    const dataType = result.dataType ?? inherited ?? "FLOAT32";
    return { kind: "tensor", tensor: { ...inWholeNumbers(result, dataType), dataType } };
  });
}

function isList<T>(made: T | readonly T[]): made is readonly T[] {
  return Array.isArray(made);
}

/** What is bound to each input; compressed weights of old have their inputs among the attributes. */
function boundInputs(
  { read }: Machine,
  step: ProgramStep,
  values: Values,
): ReadonlyMap<string, readonly ProgramValue[]> {
  const { inputs, attributes, type = "" } = step.operation;
  const bound = new Map<string, readonly ProgramValue[]>();
  for (const [name, { arguments: bindings = [] }] of inputs ?? []) {
    const parts = bindings.flatMap((one) => {
      const value = one.value === undefined ? values.get(one.name ?? "") : read(one.value, step);
      return value === undefined ? [] : [value];
    });
    bound.set(name, parts);
  }
  if (!type.startsWith("constexpr_")) return bound;
  for (const [name, value] of attributes ?? []) {
    if (name !== "name" && !bound.has(name)) bound.set(name, [read(value, step)]);
  }
  return bound;
}

/** Operations on whole numbers drop what is behind the point. */
function inWholeNumbers({ shape, data }: Tensor, dataType: string): Tensor {
  const whole = /^U?INT/.test(dataType) && !data.every(Number.isInteger);
  return { shape, data: whole ? data.map(Math.trunc) : data };
}

/** The outputs that the description names. */
function collect({ described }: Program, values: Values): ReadonlyMap<string, ModelOutput> {
  const results = new Map<string, ModelOutput>();
  for (const { name = "" } of described.outputs) {
    const value = values.get(name);
    if (value?.kind === "tensor") {
      results.set(name, { shape: value.tensor.shape, data: value.tensor.data });
    } else if (value?.kind === "answer") {
      results.set(name, value.answer);
    } else {
      fail("bad-config", `The output "${name}" is neither numbers nor what a classifier finds.`);
    }
  }
  return results;
}

import type { ValueId } from "../../../ir/graph.ts";
import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { activate } from "./activation-config.ts";
import { onlyInput } from "./axes.ts";
import { stopMask } from "./masks.ts";
import { emitLearnedAffine } from "./preprocessing.ts";
import { emitPermute, emitReshape } from "./shape.ts";

/** `EinsumDense`: a dense layer over any axes, written as an equation. */
export const einsumSpecs: readonly LayerSpec[] = [
  { classNames: ["EinsumDense"], slots: einsumSlots, lower: lowerEinsumDense },
];

interface Equation {
  /** One letter per axis of input, kernel and output. */
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  /** Axes summed over, axes of the input that stay, axes that the kernel adds. */
  readonly contracted: readonly string[];
  readonly free: readonly string[];
  readonly added: readonly string[];
}

function einsumSlots(config: ConfigReader): readonly WeightSlot[] {
  const bias = config.has("bias_axes") ? [{ role: "bias" }] : [];
  return [{ role: "kernel" }, ...bias];
}

/** Brings the contracted axes to the end, multiplies, and puts the axes of the result in order. */
function lowerEinsumDense(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const shape = call.shapeOf(input);
  const equation = parse(call, shape.length);
  const kernel = readKernel(call, equation, shape);
  const sizes = labelSizes(equation, shape, kernel);
  const size = (labels: readonly string[]): number =>
    labels.reduce((total, label) => total * (sizes.get(label) ?? 1), 1);
  const dims = (labels: readonly string[]): readonly Dim[] =>
    labels.map((label) => sizes.get(label) ?? null);
  const { free, contracted, added } = equation;
  const arranged = [...free, ...contracted];
  const ready = permuted(arranged, equation.input)
    ? emitPermute(call, input, order(arranged, equation.input))
    : input;
  const rows = reshaped(call, ready, [...dims(free.slice(1)), size(contracted)]);
  const matrix = reshapeWeight(
    transposeWeight(kernel, order([...contracted, ...added], equation.kernel)),
    [size(contracted), size(added)],
  );
  const product = call.emit({ kind: "dense", weights: { kernel: matrix } }, rows);
  const spread = reshaped(call, product, [...dims(free.slice(1)), ...dims(added)]);
  const result = permuted(equation.output, [...free, ...added])
    ? emitPermute(call, spread, order(equation.output, [...free, ...added]))
    : spread;
  const shapeOfBias = biasShape(call, equation, sizes);
  const offset = shapeOfBias && call.weight("bias", shapeOfBias);
  return stopMask(activate(call, offset ? emitLearnedAffine(call, result, { offset }) : result));
}

/** `ab,bc->ac`, with `...` for axes that come along. */
function parse(call: LayerCall, rank: number): Equation {
  const text = call.config.string("equation").replaceAll(" ", "");
  const match = /^([a-zA-Z.]+),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(text);
  const [, left = "", middle = "", right = ""] = match ?? [];
  const extra = rank - left.replace("...", "").length;
  const along = Array.from({ length: Math.max(0, extra) }, (_, index) => `.${index}`);
  const letters = (part: string): readonly string[] => {
    const at = part.indexOf("...");
    if (at < 0) return [...part];
    return [...part.slice(0, at), ...along, ...part.slice(at + 3)];
  };
  const [input, kernel, output] = [letters(left), letters(middle), letters(right)];
  const contracted = input.filter((label) => kernel.includes(label) && !output.includes(label));
  const free = input.filter((label) => !kernel.includes(label));
  const added = kernel.filter((label) => !input.includes(label));
  const sound =
    input.length === rank &&
    new Set(input).size === rank &&
    free[0] === input[0] &&
    output[0] === input[0] &&
    contracted.length + free.length === rank &&
    contracted.length + added.length === kernel.length &&
    [...output].sort().join() === [...free, ...added].sort().join();
  if (!sound) call.refuse(`the equation "${text}" cannot be expressed as a matrix product.`);
  return { input, kernel, output, contracted, free, added };
}

/** Sizes of added axes stand nowhere but in the kernel itself. */
function readKernel(call: LayerCall, equation: Equation, shape: readonly Dim[]): WeightRef {
  const stored = call.storedShape("kernel") ?? [];
  const expected = equation.kernel.map((label, axis) => {
    const at = equation.input.indexOf(label);
    return (at < 0 ? undefined : shape[at]) ?? stored[axis] ?? 0;
  });
  return call.weight("kernel", expected);
}

function labelSizes(
  equation: Equation,
  shape: readonly Dim[],
  kernel: WeightRef,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [axis, label] of equation.kernel.entries()) sizes.set(label, kernel.shape[axis] ?? 1);
  for (const [axis, label] of equation.input.entries()) {
    const dim = shape[axis];
    if (dim !== undefined && dim !== null) sizes.set(label, dim);
  }
  return sizes;
}

/** From the first axis with a bias on, 1 where there is none. @see keras/src/layers/core/einsum_dense.py (Keras 3) */
function biasShape(
  call: LayerCall,
  equation: Equation,
  sizes: ReadonlyMap<string, number>,
): readonly number[] | undefined {
  if (!call.config.has("bias_axes")) return undefined;
  const axes = [...call.config.string("bias_axes")];
  const first = equation.output.findIndex((label) => axes.includes(label));
  if (first < 0) return call.refuse("its bias_axes are not axes of the output.");
  return equation.output
    .slice(first)
    .map((label) => (axes.includes(label) ? (sizes.get(label) ?? 1) : 1));
}

/** A reshape that changes something. */
function reshaped(call: LayerCall, value: ValueId, shape: readonly Dim[]): ValueId {
  const [, ...current] = call.shapeOf(value);
  const equal =
    current.length === shape.length && shape.every((dim, axis) => current[axis] === dim);
  return equal ? value : emitReshape(call, value, shape);
}

function order(labels: readonly string[], within: readonly string[]): readonly number[] {
  return labels.map((label) => within.indexOf(label));
}

function permuted(labels: readonly string[], within: readonly string[]): boolean {
  return labels.some((label, index) => within[index] !== label);
}

import { layerKindOf } from "../../formats/coreml/network.ts";
import type { NeuralNetworkLayer } from "../../formats/coreml/types.gen.ts";
import type { Activation, UnaryOp } from "../../ir/ops/activation.ts";
import { reluWith, simpleActivation } from "./layers/activation-function.ts";
import { singleNumber } from "./single-number.ts";

/** One function of each element, whether one layer says it or several. */
export type Spelled = Activation | (Pick<UnaryOp, "fn" | "min" | "max"> & { readonly unary: true });

/** Several layers that together are one function, from one blob to one. */
export interface Spelling {
  /** In running order; the function stands at the place of the last. */
  readonly layers: readonly NeuralNetworkLayer[];
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly function: Spelled;
}

/** Which layers read each blob; the model's outputs count as readers. */
export type Readers = ReadonlyMap<string, readonly (NeuralNetworkLayer | "output")[]>;

/** Finds the function that begins with a layer and takes several: the longest there is. */
export function findSpelling(layer: NeuralNetworkLayer, readers: Readers): Spelling | undefined {
  for (const find of FINDERS) {
    const found = find(layer, readers);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Finder = (layer: NeuralNetworkLayer, readers: Readers) => Spelling | undefined;

const FINDERS: readonly Finder[] = [findBounded, findSelu, findHardRelu6, findGated];

/** The only layer that reads what a layer makes, if it is one alone. */
function next(
  layer: NeuralNetworkLayer | undefined,
  readers: Readers,
): NeuralNetworkLayer | undefined {
  const [reader, ...others] = readers.get(outputOf(layer)) ?? [];
  const alone = others.length === 0 && reader !== "output" && reader?.input?.length === 1;
  return alone ? reader : undefined;
}

function outputOf(layer: NeuralNetworkLayer | undefined): string {
  return layer?.output?.[0] ?? "";
}

/**
 * A bend, then `min(x, m)` written as `-max(-x, -m)`: relu6 and every other relu with a maximum, and clip. The sign may
 * also stand in the scale of the threshold, and the bend may come last.
 */
function findBounded(first: NeuralNetworkLayer, readers: Readers): Spelling | undefined {
  const bend = bendOf(first);
  const start = bend === undefined ? first : next(first, readers);
  const most = start && findAtMost(start, readers);
  if (most === undefined) return undefined;
  const { bound, layers } = most;
  if (bend !== undefined) {
    const bounded = withMaximum(bend, bound);
    return bounded && spell([first, ...layers], bounded);
  }
  const after = next(layers.at(-1), readers);
  const relu = after === undefined ? undefined : bendOf(after);
  if (
    after !== undefined &&
    relu !== undefined &&
    "fn" in relu &&
    isPlainRelu(relu) &&
    bound >= 0
  ) {
    return spell([...layers, after], reluWith({ maxValue: bound }));
  }
  return spell(layers, { unary: true, fn: "clip", max: bound });
}

function findAtMost(
  start: NeuralNetworkLayer,
  readers: Readers,
): { readonly bound: number; readonly layers: readonly NeuralNetworkLayer[] } | undefined {
  const negated = isNegation(start);
  const threshold = negated ? next(start, readers) : start;
  const last = next(threshold, readers);
  const { type, alpha, scale, shift } = threshold?.unary ?? {};
  if (threshold === undefined || last === undefined || type !== "THRESHOLD" || !isNegation(last)) {
    return undefined;
  }
  if ((scale || 1) !== (negated ? 1 : -1) || (shift ?? 0) !== 0) return undefined;
  const layers = negated ? [start, threshold, last] : [threshold, last];
  return { bound: 0 - singleNumber(alpha), layers };
}

function isNegation({ activation }: NeuralNetworkLayer): boolean {
  return activation?.linear?.alpha === -1 && (activation.linear.beta ?? 0) === 0;
}

/** A relu of some kind, or a lower bound. */
function bendOf(layer: NeuralNetworkLayer): Activation | { readonly min: number } | undefined {
  const { activation, unary } = layer;
  const simple = activation && simpleActivation(activation);
  if (simple?.fn === "relu") return simple;
  const plain = (unary?.scale || 1) === 1 && (unary?.shift ?? 0) === 0;
  return unary?.type === "THRESHOLD" && plain ? { min: singleNumber(unary.alpha) } : undefined;
}

function isPlainRelu(activation: Activation): boolean {
  return activation.fn === "relu" && activation.negativeSlope === 0 && activation.threshold === 0;
}

function withMaximum(
  bend: Activation | { readonly min: number },
  bound: number,
): Spelled | undefined {
  if ("min" in bend) {
    if (bend.min === -1 && bound === 1) return { fn: "hardTanh" };
    return bend.min <= bound ? { unary: true, fn: "clip", min: bend.min, max: bound } : undefined;
  }
  return bend.fn === "relu" && bound >= bend.threshold ? { ...bend, maxValue: bound } : undefined;
}

/** An ELU times a factor. coremltools cut both numbers to four decimals. */
function findSelu(first: NeuralNetworkLayer, readers: Readers): Spelling | undefined {
  const elu = first.activation?.ELU?.alpha ?? 0;
  const last = next(first, readers);
  const near = (value: number, other: number): boolean => Math.abs(value - other) < 1e-4;
  const factor = last?.multiply?.alpha ?? 0;
  if (last === undefined || !near(elu, 1.67326324) || !near(factor, 1.05070098)) return undefined;
  return spell([first, last], { fn: "selu" });
}

/** `6 * clip(x / 6, 0, 1)` */
function findHardRelu6(first: NeuralNetworkLayer, readers: Readers): Spelling | undefined {
  const { alpha = 0, beta = 0 } = first.activation?.sigmoidHard ?? {};
  const last = next(first, readers);
  const factor = last?.multiply?.alpha ?? 0;
  const one = Math.abs(alpha * factor - 1) < 1e-6;
  if (last === undefined || !one || beta !== 0 || factor <= 0) return undefined;
  return spell([first, last], reluWith({ maxValue: factor }));
}

/** `x * gate(x)`: silu, hard silu, mish. */
function findGated(first: NeuralNetworkLayer, readers: Readers): Spelling | undefined {
  const { activation } = first;
  if (activation === undefined) return undefined;
  const { alpha = 0, beta = 0 } = activation.sigmoidHard ?? {};
  const hard =
    activation.sigmoidHard !== undefined && singleNumber(alpha) === 1 / 6 && beta === 0.5;
  const fn = activation.sigmoid !== undefined ? "silu" : hard ? "hardSilu" : undefined;
  if (fn !== undefined) return gatedBy([first], { fn }, readers);
  if (activation.softplus === undefined) return undefined;
  const tanh = next(first, readers);
  return tanh?.activation?.tanh === undefined
    ? undefined
    : gatedBy([first, tanh], { fn: "mish" }, readers);
}

function gatedBy(
  gate: readonly NeuralNetworkLayer[],
  activation: Activation,
  readers: Readers,
): Spelling | undefined {
  const x = gate[0]?.input?.[0] ?? "";
  const made = outputOf(gate.at(-1));
  const [product, ...others] = readers.get(made) ?? [];
  if (product === undefined || product === "output" || others.length > 0) return undefined;
  const kind = layerKindOf(product);
  if (kind !== "multiply" && kind !== "multiplyBroadcastable") return undefined;
  const { input = [] } = product;
  const pair = input.length === 2 && input.includes(x) && input.includes(made) && x !== made;
  return pair ? spell([...gate, product], activation) : undefined;
}

function spell(layers: readonly NeuralNetworkLayer[], what: Spelled): Spelling {
  const names = layers.map(({ name }) => name ?? "");
  return {
    layers,
    name: stemOf(names),
    input: layers[0]?.input?.[0] ?? "",
    output: outputOf(layers.at(-1)),
    function: what,
  };
}

/** What all names begin with, without the underscores behind; else the last name. */
function stemOf(names: readonly string[]): string {
  const [first = ""] = names;
  let length = first.length;
  for (const name of names) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  const stem = first.slice(0, length).replace(/_+$/, "");
  return stem === "" ? (names.at(-1) ?? "") : stem;
}

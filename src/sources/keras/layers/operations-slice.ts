import type { ValueId } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { Json } from "../../../json.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { LayerCall } from "../layer-spec.ts";
import { knownSize, resolveAxes } from "./axes.ts";
import { isList } from "./numbers.ts";
import {
  numbersOption,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { emitReshape } from "./shape.ts";

/** Operations that take parts of a value, or turn it round. */
export const sliceOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ["getitem", lowerGetItem],
  ["flip", lowerFlip],
  ["reverse", lowerFlip],
  ["split", lowerSplit],
]);

/** One entry of a slice such as `x[:, 1:, ..., None, 0]`. */
type Part =
  | { readonly kind: "range"; readonly start: Json; readonly stop: Json; readonly step: Json }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "newAxis" }
  | { readonly kind: "ellipsis" };

/** Where a range begins and ends on an axis, resolved; `reversed` is a step of -1 over all of it. */
interface Span {
  readonly start: number;
  readonly end: number | null;
  readonly step: number;
  readonly reversed: boolean;
}

const WHOLE: Span = { start: 0, end: null, step: 1, reversed: false };

function lowerGetItem(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation);
  const operand = operation.operand(1, "slice_spec", "key");
  const literal = operand !== undefined && "literal" in operand ? operand.literal : undefined;
  if (literal === undefined)
    return call.refuse("an index computed in the model cannot be expressed.");
  const shape = call.shapeOf(x);
  const given = isList(literal) ? literal : [literal];
  const parts = expandEllipsis(
    call,
    given.map((part) => parsePart(call, part)),
    shape.length,
  );
  const consuming = parts.filter((part) => part.kind !== "newAxis");
  const spans = consuming.map((part, axis) => spanOf(call, part, x, axis));
  const sliced = emitSlice(call, x, spans);
  const turned = spans.reduce(
    (value, span, axis) => (span.reversed ? emitReverse(call, value, axis) : value),
    sliced,
  );
  return [dropAndAdd(call, turned, parts)];
}

function parsePart(call: LayerCall, part: Json): Part {
  if (part === null) return { kind: "newAxis" };
  if (typeof part === "number") return { kind: "index", index: part };
  if (typeof part === "object" && !isList(part)) {
    const { class_name: className, config } = part;
    if (className === "__ellipsis__") return { kind: "ellipsis" };
    const inner = typeof config === "object" && config !== null && !isList(config) ? config : part;
    const { start = null, stop = null, step = null } = inner;
    return { kind: "range", start, stop, step };
  }
  if (part === "...") return { kind: "ellipsis" };
  return call.refuse(`the index ${JSON.stringify(part)} is not known.`);
}

/** Fills in whole ranges for `...` and for the axes after the last entry. */
function expandEllipsis(call: LayerCall, parts: readonly Part[], rank: number): readonly Part[] {
  const whole: Part = { kind: "range", start: null, stop: null, step: null };
  const used = parts.filter((part) => part.kind === "range" || part.kind === "index").length;
  if (used > rank) call.refuse(`${used} indices are too many for ${rank} dimensions.`);
  const fill = Array.from({ length: rank - used }, () => whole);
  const at = parts.findIndex((part) => part.kind === "ellipsis");
  if (at < 0) return [...parts, ...fill];
  return [...parts.slice(0, at), ...fill, ...parts.slice(at + 1)];
}

function spanOf(call: LayerCall, part: Part, x: ValueId, axis: number): Span {
  const at = (index: Json, otherwise: number): number => {
    if (typeof index !== "number") return otherwise;
    return index < 0 ? Math.max(0, index + knownSize(call, x, axis)) : index;
  };
  if (axis === 0) {
    const free = part.kind === "range" && part.start === null && part.stop === null;
    if (!free || (part.step !== null && part.step !== 1)) {
      call.refuse("taking single samples out of the batch cannot be expressed.");
    }
    return WHOLE;
  }
  if (part.kind === "index") {
    const start = at(part.index, 0);
    return { start, end: start + 1, step: 1, reversed: false };
  }
  if (part.kind !== "range") return WHOLE;
  const step = typeof part.step === "number" ? part.step : 1;
  if (step === -1 && part.start === null && part.stop === null) return { ...WHOLE, reversed: true };
  if (step < 1) call.refuse(`a slice with step ${step} cannot be expressed.`);
  const end = part.stop === null ? null : at(part.stop, 0);
  return { start: at(part.start, 0), end, step, reversed: false };
}

function emitSlice(call: LayerCall, x: ValueId, spans: readonly Span[]): ValueId {
  if (spans.every(({ start, end, step }) => start === 0 && end === null && step === 1)) return x;
  const op = {
    kind: "slice",
    starts: spans.map(({ start }) => start),
    ends: spans.map(({ end }) => end),
    steps: spans.map(({ step }) => step),
    weights: {},
  } as const;
  return call.emit(op, x);
}

/** An index drops its axis, `None` adds one. */
function dropAndAdd(call: LayerCall, value: ValueId, parts: readonly Part[]): ValueId {
  if (parts.every((part) => part.kind === "range")) return value;
  const shape = call.shapeOf(value);
  const result: Dim[] = [];
  let axis = 0;
  for (const part of parts) {
    if (part.kind === "newAxis") result.push(1);
    else {
      if (part.kind === "range") result.push(shape[axis] ?? null);
      axis++;
    }
  }
  if (parts[0]?.kind !== "range") call.refuse("an axis before the batch cannot be expressed.");
  return emitReshape(call, value, result.slice(1));
}

/** The last axis through a matrix of ones and zeros, another one as slices joined in reverse. */
export function emitReverse(call: LayerCall, value: ValueId, axis: number): ValueId {
  const rank = call.shapeOf(value).length;
  const size = knownSize(call, value, axis);
  if (size > 256) call.refuse(`turning round ${size} elements cannot be expressed.`);
  if (axis === rank - 1) {
    const values = Array.from({ length: size * size }, (_, index) =>
      Math.floor(index / size) + (index % size) === size - 1 ? 1 : 0,
    );
    const order = constantWeight(`reverse(${size})`, [size, size], values);
    const kernel = { ...order, constant: true } as const;
    return call.emit({ kind: "dense", weights: { kernel } }, value);
  }
  const slices = Array.from({ length: size }, (_, index) =>
    emitRange(call, value, axis, index, index + 1),
  );
  return call.emit({ kind: "concat", axis, weights: {} }, ...slices.reverse());
}

/** Elements `start` to `end` of one axis. */
function emitRange(
  call: LayerCall,
  value: ValueId,
  axis: number,
  start: number,
  end: number,
): ValueId {
  const spans = call
    .shapeOf(value)
    .map((_, index): Span => (index === axis ? { ...WHOLE, start, end } : WHOLE));
  return emitSlice(call, value, spans);
}

function lowerFlip(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "x", "tensor");
  const rank = call.shapeOf(x).length;
  const axes = resolveAxes(call, numbersOption(operation, "axis") ?? [0], rank);
  if (axes.includes(0)) call.refuse("turning round the batch cannot be expressed.");
  return [axes.reduce((value, axis) => emitReverse(call, value, axis), x)];
}

/** A number of equal parts; or places to cut (Keras), or sizes of the parts (TensorFlow). */
function lowerSplit(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = valueOperand(operation, 0, "x", "value");
  const rank = call.shapeOf(x).length;
  const [axis = 0] = resolveAxes(call, numbersOption(operation, "axis") ?? [0], rank);
  if (axis === 0) call.refuse("splitting the batch cannot be expressed.");
  const size = knownSize(call, x, axis);
  const cuts = cutsOf(operation, size);
  return cuts.slice(1).map((end, index) => emitRange(call, x, axis, cuts[index] ?? 0, end));
}

function cutsOf(operation: Operation, size: number): readonly number[] {
  const sizes = operation.option("num_or_size_splits");
  const places = operation.option("indices_or_sections");
  if (isList(places)) return [0, ...(numbersOption(operation, "indices_or_sections") ?? []), size];
  if (isList(sizes)) {
    const parts = numbersOption(operation, "num_or_size_splits") ?? [];
    const known = parts.reduce((total, part) => total + Math.max(0, part), 0);
    let at = 0;
    return [0, ...parts.map((part) => (at += part < 0 ? size - known : part))];
  }
  const count = typeof sizes === "number" ? sizes : typeof places === "number" ? places : 0;
  if (count < 1 || size % count !== 0) {
    operation.call.refuse(`${size} elements do not split into ${count} equal parts.`);
  }
  return Array.from({ length: count + 1 }, (_, index) => (index * size) / count);
}

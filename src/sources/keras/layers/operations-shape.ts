import type { ValueId } from "../../../ir/graph.ts";
import type { LayerCall } from "../layer-spec.ts";
import { resolveAxes, resolveAxis } from "./axes.ts";
import { flatNumbers } from "./numbers.ts";
import {
  listOperand,
  numbersOption,
  type Operation,
  type OperationLowering,
  valueOperand,
} from "./operation.ts";
import { emitPermute, emitReshape, product } from "./shape.ts";

/** Operations that arrange, join or pad. */
export const shapeOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ["reshape", lowerReshapeOperation],
  ["transpose", lowerTranspose],
  ["swapaxes", lowerSwapAxes],
  ["moveaxis", lowerMoveAxis],
  ["expanddims", lowerExpandDims],
  ["squeeze", lowerSqueeze],
  ["concat", lowerConcat],
  ["concatv2", lowerConcat],
  ["concatenate", lowerConcat],
  ["stack", lowerStack],
  ["pad", lowerPad],
  ["padv2", lowerPad],
  ["tile", lowerTile],
  ["repeat", lowerRepeat],
]);

/** The new shape counts the batch; it must leave the batch alone. */
function lowerReshapeOperation(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const operand = operation.operand(1, "newshape", "shape", "new_shape");
  const shape = operand && "literal" in operand ? flatNumbers(operand.literal) : undefined;
  if (shape === undefined) return call.refuse("a computed new shape cannot be expressed.");
  const [batch, ...rest] = shape;
  const source = call.shapeOf(x);
  const size = product(source.slice(1));
  const free = rest.findIndex((dim) => dim < 0);
  const known = rest.reduce((total, dim) => (dim < 0 ? total : total * dim), 1);
  const sound =
    (batch === -1 && free < 0 && size === known) ||
    (batch !== -1 && batch === source[0] && (free >= 0 || size === known));
  if (!sound) call.refuse("a reshape that mixes the batch with other axes cannot be expressed.");
  const filled = rest.map((dim) => (dim >= 0 ? dim : size === null ? null : size / known));
  return [emitReshape(call, x, filled)];
}

function lowerTranspose(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const rank = call.shapeOf(x).length;
  const operand = operation.operand(1, "axes", "perm");
  const given = operand && "literal" in operand ? flatNumbers(operand.literal) : undefined;
  const dims = given?.map((axis) => resolveAxis(call, axis, rank));
  if (dims?.[0] !== 0)
    return call.refuse("a transposition that moves the batch cannot be expressed.");
  return [emitPermute(call, x, dims)];
}

function lowerSwapAxes(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const rank = call.shapeOf(x).length;
  const a = resolveAxis(call, numbersOption(operation, "axis1")?.[0] ?? 0, rank);
  const b = resolveAxis(call, numbersOption(operation, "axis2")?.[0] ?? 0, rank);
  if (a === 0 || b === 0) call.refuse("a transposition that moves the batch cannot be expressed.");
  const dims = range(rank).map((axis) => (axis === a ? b : axis === b ? a : axis));
  return [emitPermute(call, x, dims)];
}

function lowerMoveAxis(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const rank = call.shapeOf(x).length;
  const sources = numbersOption(operation, "source") ?? [];
  const targets = numbersOption(operation, "destination") ?? [];
  const from = sources.map((axis) => resolveAxis(call, axis, rank));
  const to = targets.map((axis) => resolveAxis(call, axis, rank));
  if (from.includes(0) || to.includes(0) || from.length !== to.length) {
    call.refuse("a transposition that moves the batch cannot be expressed.");
  }
  const others = range(rank).filter((axis) => !from.includes(axis));
  const dims = range(rank).map((axis) => {
    const moved = to.indexOf(axis);
    return moved < 0 ? (others.shift() ?? axis) : (from[moved] ?? axis);
  });
  return [emitPermute(call, x, dims)];
}

function lowerExpandDims(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const shape = call.shapeOf(x);
  const given = operation.operand(1, "axis", "dim");
  const axes = (given && "literal" in given ? flatNumbers(given.literal) : undefined) ?? [-1];
  const rank = shape.length + axes.length;
  const added = resolveAxes(call, axes, rank);
  if (added.includes(0)) call.refuse("an axis before the batch cannot be expressed.");
  const rest = [...shape];
  const dims = range(rank).map((axis) => (added.includes(axis) ? 1 : (rest.shift() ?? null)));
  return [emitReshape(call, x, dims.slice(1))];
}

function lowerSqueeze(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const shape = call.shapeOf(x);
  const given = numbersOption(operation, "axis", "squeeze_dims");
  const ones = shape.flatMap((dim, axis) => (dim === 1 && axis > 0 ? [axis] : []));
  const axes = given === undefined ? ones : resolveAxes(call, given, shape.length);
  if (axes.some((axis) => axis === 0 || shape[axis] !== 1)) {
    call.refuse("only axes of one element other than the batch can be taken away.");
  }
  return [
    emitReshape(
      call,
      x,
      shape.filter((_, axis) => axis > 0 && !axes.includes(axis)),
    ),
  ];
}

function lowerConcat(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const values = listOperand(operation);
  const [first] = values;
  if (first === undefined) return call.refuse("it has no inputs.");
  const [given = 0] = numbersOption(operation, "axis") ?? [];
  const axis = resolveAxis(call, given, call.shapeOf(first).length);
  if (axis === 0) call.refuse("joining along the batch cannot be expressed.");
  return [
    values.length === 1 ? first : call.emit({ kind: "concat", axis, weights: {} }, ...values),
  ];
}

function lowerStack(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const values = listOperand(operation);
  const [first] = values;
  if (first === undefined) return call.refuse("it has no inputs.");
  const shape = call.shapeOf(first);
  const axis = resolveAxis(call, numbersOption(operation, "axis")?.[0] ?? 0, shape.length + 1);
  if (axis === 0) call.refuse("an axis before the batch cannot be expressed.");
  const raised = [...shape.slice(1, axis), 1, ...shape.slice(axis)];
  const parts = values.map((value) => emitReshape(call, value, raised));
  return [call.emit({ kind: "concat", axis, weights: {} }, ...parts)];
}

function lowerPad(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const operand = operation.operand(1, "pad_width", "paddings");
  const flat = operand && "literal" in operand ? flatNumbers(operand.literal) : undefined;
  const rank = call.shapeOf(x).length;
  if (flat === undefined || flat.length !== 2 * rank) {
    return call.refuse("a computed padding cannot be expressed.");
  }
  const amounts = range(rank).map((axis): readonly [number, number] => [
    flat[2 * axis] ?? 0,
    flat[2 * axis + 1] ?? 0,
  ]);
  if (amounts[0]?.some((amount) => amount !== 0)) {
    call.refuse("padding the batch cannot be expressed.");
  }
  const stated = operation.option("mode");
  const name = typeof stated === "string" ? stated.toLowerCase() : "constant";
  const mode = (["constant", "reflect", "symmetric", "edge"] as const).find((one) => one === name);
  if (mode === undefined) return call.refuse(`padding in mode "${name}" cannot be expressed.`);
  const [value = 0] = numbersOption(operation, "constant_values") ?? [];
  return [call.emit({ kind: "pad", amounts, mode, value, weights: {} }, x)];
}

function lowerTile(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const operand = operation.operand(1, "repeats", "multiples", "reps");
  const repeats = operand && "literal" in operand ? flatNumbers(operand.literal) : undefined;
  const rank = call.shapeOf(x).length;
  if (repeats?.length !== rank || repeats[0] !== 1) {
    return call.refuse("a repetition of the batch, or a computed one, cannot be expressed.");
  }
  return [repeats.reduce((value, times, axis) => copies(call, value, axis, times), x)];
}

/** Each element of an axis several times in a row. */
function lowerRepeat(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const shape = call.shapeOf(x);
  const repeats = numbersOption(operation, "repeats") ?? [];
  const [times = 0] = repeats;
  const axes = numbersOption(operation, "axis") ?? [0];
  const axis = resolveAxis(call, axes[0] ?? 0, shape.length);
  const size = shape[axis] ?? null;
  if (repeats.length !== 1 || axis === 0 || size === null) {
    return call.refuse("repeating the batch or an axis of unknown size cannot be expressed.");
  }
  const before = shape.slice(1, axis + 1);
  const after = shape.slice(axis + 1);
  const apart = copies(call, emitReshape(call, x, [...before, 1, ...after]), axis + 1, times);
  return [emitReshape(call, apart, [...shape.slice(1, axis), size * times, ...after])];
}

function copies(call: LayerCall, value: ValueId, axis: number, times: number): ValueId {
  if (times === 1) return value;
  if (!(times >= 1 && times <= 256)) call.refuse(`${times} copies cannot be expressed.`);
  const all = Array.from({ length: times }, () => value);
  return call.emit({ kind: "concat", axis, weights: {} }, ...all);
}

function subject(operation: Operation): ValueId {
  return valueOperand(operation, 0, "x", "a", "tensor", "input");
}

function range(end: number): number[] {
  return Array.from({ length: end }, (_, index) => index);
}

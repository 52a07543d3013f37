import type { ValueId } from "../../../ir/graph.ts";
import type { ReduceOp } from "../../../ir/ops/pool.ts";
import type { LayerCall } from "../layer-spec.ts";
import { emitActivation } from "./activation.ts";
import { resolveAxes } from "./axes.ts";
import { flatNumbers } from "./numbers.ts";
import { flagOption, type Operation, type OperationLowering, valueOperand } from "./operation.ts";
import { emitUnary } from "./operations-unary.ts";

/** Operations that take one or more axes together. */
export const reduceOperations: ReadonlyMap<string, OperationLowering> = new Map<
  string,
  OperationLowering
>([
  ...(
    [
      ["mean", "mean"],
      ["reducemean", "mean"],
      ["sum", "sum"],
      ["reducesum", "sum"],
      ["max", "max"],
      ["amax", "max"],
      ["reducemax", "max"],
      ["min", "min"],
      ["amin", "min"],
      ["reducemin", "min"],
      ["prod", "prod"],
      ["reduceprod", "prod"],
    ] as const
  ).map(([name, fn]) => [name, reduction(fn)] as const),
  ["norm", lowerNorm],
  ["var", (operation) => [variance(operation)]],
  ["reducevariance", (operation) => [variance(operation)]],
  ["std", (operation) => [emitUnary(operation.call, "sqrt", variance(operation))]],
  ["reducestd", (operation) => [emitUnary(operation.call, "sqrt", variance(operation))]],
  ["logsumexp", lowerLogSumExp],
  ["reducelogsumexp", lowerLogSumExp],
  ["l2normalize", lowerL2Normalize],
  ["normalize", lowerL2Normalize],
]);

function reduction(fn: ReduceOp["fn"]): OperationLowering {
  return (operation) => {
    const x = subject(operation);
    const keepDims = keepsDims(operation);
    return [reduce(operation.call, fn, x, readAxes(operation, x), keepDims)];
  };
}

function reduce(
  call: LayerCall,
  fn: ReduceOp["fn"],
  x: ValueId,
  axes: readonly number[],
  keepDims: boolean,
): ValueId {
  return call.emit({ kind: "reduce", fn, axes, keepDims, weights: {} }, x);
}

/** Only the Euclidean norm, which is what both libraries mean by default. */
function lowerNorm(operation: Operation): readonly ValueId[] {
  const order = operation.option("ord");
  if (order !== undefined && order !== 2 && order !== "euclidean" && order !== "fro") {
    operation.call.refuse(`a norm of order ${JSON.stringify(order)} cannot be expressed.`);
  }
  return reduction("l2norm")(operation);
}

function variance(operation: Operation): ValueId {
  const { call } = operation;
  const x = subject(operation);
  const axes = readAxes(operation, x);
  const mean = reduce(call, "mean", x, axes, true);
  const centred = call.emit({ kind: "merge", fn: "subtract", weights: {} }, x, mean);
  return reduce(call, "mean", emitUnary(call, "square", centred), axes, keepsDims(operation));
}

/** `log(sum(exp(x - max))) + max`: without the largest taken off, large inputs overflow. */
function lowerLogSumExp(operation: Operation): readonly ValueId[] {
  const { call } = operation;
  const x = subject(operation);
  const axes = readAxes(operation, x);
  const keepDims = keepsDims(operation);
  const largest = reduce(call, "max", x, axes, true);
  const centred = call.emit({ kind: "merge", fn: "subtract", weights: {} }, x, largest);
  const powers = emitActivation(call, { fn: "exponential" }, centred);
  const logarithm = emitUnary(call, "log", reduce(call, "sum", powers, axes, keepDims));
  const back = keepDims ? largest : reduce(call, "max", x, axes, false);
  return [call.emit({ kind: "merge", fn: "add", weights: {} }, logarithm, back)];
}

function lowerL2Normalize(operation: Operation): readonly ValueId[] {
  const order = operation.option("order");
  if (order !== undefined && order !== 2) {
    operation.call.refuse(`a norm of order ${JSON.stringify(order)} cannot be expressed.`);
  }
  const x = subject(operation);
  const axes = readAxes(operation, x);
  return [operation.call.emit({ kind: "unitNorm", axes, weights: {} }, x)];
}

/** Without axes both libraries reduce everything, the batch included. */
function readAxes(operation: Operation, x: ValueId): readonly number[] {
  const { call } = operation;
  const operand = operation.operand(1, "axis", "axes", "reduction_indices");
  const given =
    operand !== undefined && "literal" in operand ? flatNumbers(operand.literal) : undefined;
  const axes = resolveAxes(call, given ?? [0], call.shapeOf(x).length);
  if (axes.includes(0)) call.refuse("a reduction over the batch cannot be expressed.");
  return axes;
}

function keepsDims(operation: Operation): boolean {
  return flagOption(operation, "keepdims", "keep_dims");
}

function subject(operation: Operation): ValueId {
  return valueOperand(operation, 0, "x", "input_tensor", "tensor", "input");
}

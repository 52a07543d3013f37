import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { stopMask } from "./masks.ts";
import { callOperation, type Operation, type OperationLowering } from "./operation.ts";
import { arithmeticOperations, lowerMatmul } from "./operations-arithmetic.ts";
import { logicOperations } from "./operations-logic.ts";
import { reduceOperations } from "./operations-reduce.ts";
import { shapeOperations } from "./operations-shape.ts";
import { sliceOperations } from "./operations-slice.ts";
import { lowerCast, spatialOperations } from "./operations-spatial.ts";
import { unaryOperations } from "./operations-unary.ts";
import { tensorFlowNode } from "./tensorflow-node.ts";

/** Every operation by its name in lower case without underscores. */
const OPERATIONS: ReadonlyMap<string, OperationLowering> = new Map<string, OperationLowering>([
  ...arithmeticOperations,
  ...unaryOperations,
  ...reduceOperations,
  ...shapeOperations,
  ...sliceOperations,
  ...spatialOperations,
  ...logicOperations,
  ["matmul", lowerMatmul],
  ["batchmatmul", lowerMatmul],
  ["batchmatmulv2", lowerMatmul],
  ["cast", lowerCast],
]);

/**
 * Operations of Keras 3 by class name. Names that are layers too (Add, Reshape, Softmax, …) stand in their families, which
 * ask `isOperation`.
 */
const KERAS3_CLASSES = [
  ..."Abs Absolute Amax Amin Cast Ceil Clip Copy Cos Divide Exp ExpandDims Expm1 Flip Floor".split(
    " ",
  ),
  ..."GetItem Log Log1p Logsumexp Matmul Max Mean Min Moveaxis Negative Norm Normalize Pad".split(
    " ",
  ),
  ..."Power Prod Reciprocal Repeat Round Rsqrt Sign Sin Split Sqrt Square Squeeze Stack".split(" "),
  ..."Any OnesLike Std StopGradient Sum Swapaxes Tanh Tile Transpose TrueDivide Var ZerosLike".split(
    " ",
  ),
  ..."Celu Elu Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid".split(" "),
  ..."LogSoftmax Mish Relu Relu6 Selu Sigmoid Silu SoftShrink Softplus Softsign".split(" "),
  ..."SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink Threshold".split(" "),
  ..."MaxPool AveragePool Resize DepthToSpace SpaceToDepth NotEqual LogicalOr LogicalAnd".split(
    " ",
  ),
] as const;

/** Operations written into functional models: Keras 3's, and those that tf.keras wraps in layers. */
export const operationSpecs: readonly LayerSpec[] = [
  { classNames: KERAS3_CLASSES, lower: lowerOperation },
  { classNames: ["TFOpLambda", "SlicingOpLambda"], lower: lowerOpLambda },
  { classNames: ["TensorFlowOpLayer"], lower: lowerOpLayer },
];

/** Whether an operation of Keras 3 has this class name; layers may have it too. */
export function isOperationClass(className: string): boolean {
  return OPERATIONS.has(className.toLowerCase());
}

/** Whether a class name that both a layer and an operation of Keras 3 bear means the operation: those have no `trainable`. */
export function isOperation(call: LayerCall): boolean {
  return call.dialect.generation === 3 && !("trainable" in call.config.json);
}

/** A Keras 3 operation, by its class name. */
export function lowerOperation(call: LayerCall): LayerResult {
  return lowerNamed(callOperation(call), call.className);
}

/** `math.reduce_mean`, `__operators__.add`, `compat.v1.transpose`: the last part tells. */
function lowerOpLambda(call: LayerCall): LayerResult {
  return lowerNamed(callOperation(call), call.config.string("function", ""));
}

function lowerOpLayer(call: LayerCall): LayerResult {
  const { operation, name } = tensorFlowNode(call);
  return lowerNamed(operation, name);
}

function lowerNamed(operation: Operation, name: string): LayerResult {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const lowering = OPERATIONS.get(last.toLowerCase().replaceAll("_", ""));
  if (lowering === undefined) {
    return operation.call.refuse(
      `the operation "${name}" is not known.`,
      "Replace it in the model by Keras layers, or supply the layer with --custom.",
    );
  }
  return stopMask(...lowering(operation));
}

import type { NodeProto } from "../../formats/onnx/types.gen.ts";
import type { SummaryShape } from "../../ir/model-summary.ts";

/** Operators whose output has the shape of their first input. */
const KEEPING: ReadonlySet<string> = new Set([
  "Abs",
  "BatchNormalization",
  "Cast",
  "Clip",
  "Dropout",
  "Elu",
  "Erf",
  "Exp",
  "HardSigmoid",
  "HardSwish",
  "Identity",
  "InstanceNormalization",
  "LRN",
  "LayerNormalization",
  "LeakyRelu",
  "Log",
  "LogSoftmax",
  "Mish",
  "Neg",
  "PRelu",
  "Relu",
  "Selu",
  "Sigmoid",
  "Softmax",
  "Softplus",
  "Softsign",
  "Sqrt",
  "Tanh",
  "ThresholdedRelu",
]);

/**
 * Adds the shapes that follow from the known ones without any arithmetic: of operators that keep a shape or turn its axes.
 * A file need not state inner shapes.
 */
export function addSimpleShapes(
  nodes: readonly NodeProto[],
  shapes: Map<string, SummaryShape>,
): void {
  for (const { opType = "", input = [], output = [], attribute = [] } of nodes) {
    const [made = ""] = output;
    const shape = shapes.get(input[0] ?? "");
    if (shape === undefined || made === "" || shapes.get(made) !== undefined) continue;
    if (KEEPING.has(opType)) shapes.set(made, shape);
    if (opType !== "Transpose") continue;
    const stated = attribute.find(({ name }) => name === "perm")?.ints ?? [];
    const order = stated.length === 0 ? shape.map((_, axis) => shape.length - 1 - axis) : stated;
    const turned = order.flatMap((axis) => {
      const dim = shape[axis];
      return dim === undefined ? [] : [dim];
    });
    if (turned.length === shape.length) shapes.set(made, turned);
  }
}

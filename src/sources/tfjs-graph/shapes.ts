import type { GraphNode } from "../../formats/tfjs/graph-def.ts";
import type { SummaryShape } from "../../ir/model-summary.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { isJsonList } from "../../json.ts";
import { settingIn } from "./settings.ts";

/** Operations whose output has the shape of their first input. */
const KEEPING: ReadonlySet<string> = new Set([
  "Abs",
  "BiasAdd",
  "Cast",
  "ClipByValue",
  "Elu",
  "Erf",
  "Exp",
  "FusedBatchNorm",
  "FusedBatchNormV3",
  "Identity",
  "LRN",
  "LeakyRelu",
  "Log",
  "LogSoftmax",
  "Neg",
  "Prelu",
  "Relu",
  "Relu6",
  "Rsqrt",
  "Selu",
  "Sigmoid",
  "Softmax",
  "Softplus",
  "Sqrt",
  "Square",
  "StopGradient",
  "Tanh",
]);

/**
 * Adds the shapes that follow from the known ones without any arithmetic: of operations that keep a shape, turn its axes or state the new one.
 * `shapes` are by node and output, `name:0`.
 */
export function addShapes(
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, WeightRef>,
  shapes: Map<string, SummaryShape>,
): void {
  for (const { name, op, inputs } of nodes) {
    const [first, second] = inputs;
    const made = `${name}:0`;
    const shape = first === undefined ? undefined : shapes.get(`${first.node}:${first.output}`);
    if (shapes.get(made) !== undefined) continue;
    if (KEEPING.has(op) && shape !== undefined) shapes.set(made, shape);
    const given = second === undefined ? undefined : constants.get(second.node);
    if (given === undefined || given.shape.length !== 1 || (given.shape[0] ?? 0) > MAX_RANK)
      continue;
    if (op !== "Reshape" && op !== "Transpose") continue;
    const numbers = settingIn(given);
    const list = (isJsonList(numbers) ? numbers : []).map(Number);
    if (op === "Reshape")
      shapes.set(
        made,
        list.map((size) => (size < 0 ? null : size)),
      );
    else if (shape !== undefined && list.length === shape.length) {
      shapes.set(
        made,
        list.map((axis) => shape[axis] ?? null),
      );
    }
  }
}

const MAX_RANK = 32;

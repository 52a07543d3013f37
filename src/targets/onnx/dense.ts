import type { Node } from "../../ir/graph.ts";
import type { DenseOp, DotOp, EmbeddingOp, MatmulOp } from "../../ir/ops/dense.ts";
import type { Emitters } from "../target.ts";
import { text } from "./attributes.ts";
import { biasInput } from "./bias-input.ts";
import { ELEMENT } from "./element.ts";
import type { Emission } from "./emission.ts";
import { naturalOrder } from "./layout.ts";
import type { Scribe } from "./scribe.ts";
import { unitLength } from "./unit-length.ts";

/** Products and look-ups. */
export const denseEmitters: Pick<Emitters<Emission>, "dense" | "matmul" | "dot" | "embedding"> = {
  dense: emitDense,
  matmul: emitMatmul,
  dot: emitDot,
  embedding: emitEmbedding,
};

function emitDense(node: Node<DenseOp>, emission: Emission): void {
  const { kernel, bias } = node.op.weights;
  const w = emission.scribe(node);
  const x = emission.read(node);
  const matrix = w.weight("kernel", kernel);
  const offset = biasInput(w, bias);
  if (emission.inputShape(node).length === 2) {
    emission.place(node, w.add("Gemm", [x, matrix, ...offset]));
    return;
  }
  const product = w.add("MatMul", [x, matrix]);
  emission.place(node, offset.length === 0 ? product : w.add("Add", [product, ...offset]));
}

function emitMatmul(node: Node<MatmulOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const rank = emission.inputShape(node).length;
  const swapped = [...naturalOrder(rank).slice(0, -2), rank - 1, rank - 2];
  const a = emission.read(node, 0, op.transposeA ? swapped : undefined);
  const b = emission.read(node, 1, op.transposeB ? swapped : undefined);
  emission.place(node, w.add("MatMul", [a, b]));
}

/** In Einstein's notation: one letter for the batch, one for the contracted axis, one for each other axis. */
function emitDot(node: Node<DotOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const [axisA, axisB] = op.axes;
  const rankA = emission.inputShape(node).length;
  const rankB = emission.inputShape(node, 1).length;
  const a = letters(rankA, axisA, 0);
  const b = letters(rankB, axisB, rankA);
  const rest = [...a, ...b].filter((letter) => letter !== BATCH && letter !== INNER).join("");
  const equation = text(`${a.join("")},${b.join("")}->${BATCH}${rest}`);
  const inputs = [side(w, emission, node, 0), side(w, emission, node, 1)];
  const product = w.add("Einsum", inputs, { equation });
  emission.place(node, rest === "" ? w.add("Unsqueeze", [product, w.ints([1])]) : product);
}

function side(w: Scribe, emission: Emission, node: Node<DotOp>, index: 0 | 1): string {
  const x = emission.read(node, index);
  return node.op.normalize ? unitLength(w, x, [node.op.axes[index]]) : x;
}

const BATCH = "b";
const INNER = "i";
const OTHERS = "cdefghjklmnopqrstuvwxyz";

function letters(rank: number, inner: number, used: number): readonly string[] {
  return Array.from({ length: rank }, (_, axis) => {
    if (axis === 0) return BATCH;
    return axis === inner ? INNER : OTHERS.charAt(used + axis);
  });
}

function emitEmbedding(node: Node<EmbeddingOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const given = emission.input(node);
  const whole = given.element === ELEMENT.int32 || given.element === ELEMENT.int64;
  const index = whole ? given : emission.cast(given, ELEMENT.int64);
  const table = w.weight("embeddings", node.op.weights.embeddings);
  const natural = emission.move(index, naturalOrder(index.order.length));
  emission.place(node, w.add("Gather", [table, natural.name], { axis: { type: "INT", i: 0 } }));
}

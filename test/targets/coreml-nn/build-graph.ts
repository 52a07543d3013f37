import type { GraphBuilder } from "../../../src/ir/build.ts";
import { createBuilder } from "../../../src/ir/create-builder.ts";
import type { Graph, Origin, ValueId } from "../../../src/ir/graph.ts";
import type { Op } from "../../../src/ir/ops/index.ts";
import type { Dim, WeightRef } from "../../../src/ir/tensor.ts";
import { constantWeight } from "../../../src/weights/constant.ts";

/** Adds an op on values and gives its first output; the layer is named after the op's kind. */
export type Add = (op: Op, ...inputs: readonly ValueId[]) => ValueId;

/** A graph of hand-made ops over inputs of these shapes (batch left out). */
export function buildGraph(
  shapes: readonly (readonly Dim[])[],
  body: (add: Add, ...inputs: readonly ValueId[]) => ValueId | readonly ValueId[],
): Graph {
  const builder = createBuilder({
    name: "model",
    source: { format: "keras", version: "2.2.4", backend: "tensorflow" },
  });
  const inputs = shapes.map((shape, index) =>
    builder.input(`in_${index + 1}`, { dtype: "float32", shape: [null, ...shape] }),
  );
  const counts = new Map<string, number>();
  const add: Add = (op, ...values) => addNamed(builder, counts, op, values)[0] ?? "";
  const made = body(add, ...inputs);
  const outputs = typeof made === "string" ? [made] : made;
  return builder.finish(outputs.map((value, index) => ({ name: `out_${index + 1}`, value })));
}

/** A weight of small numbers that are different in every place. */
export function weight(id: string, shape: readonly number[], from = -1, to = 1): WeightRef {
  const size = shape.reduce((product, dim) => product * dim, 1);
  let state = [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 65521;
  const values = Float32Array.from({ length: size }, () => {
    state = (state * 16807 + 11) % 2147483647;
    return from + ((to - from) * (state % 10007)) / 10007;
  });
  return constantWeight(id, shape, values);
}

/** Where a hand-made op comes from. */
export function originOf(layer: string, className: string, trainable = true): Origin {
  return { layer, className, config: { name: layer }, call: 0, trainable };
}

function addNamed(
  builder: GraphBuilder,
  counts: Map<string, number>,
  op: Op,
  values: readonly ValueId[],
): readonly ValueId[] {
  const count = (counts.get(op.kind) ?? 0) + 1;
  counts.set(op.kind, count);
  return builder.add(op, values, originOf(`${op.kind}_${count}`, op.kind));
}

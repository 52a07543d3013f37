import { join } from "node:path";
import { expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import { sizeOf, type WeightRef } from "../../src/ir/tensor.ts";
import { trainableRoles } from "../../src/ir/trainable-roles.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { FIXTURES } from "../cases.ts";

/** Numbers that Keras trains, by the sizes of `model.trainable_weights`. */
const TRAINED = [
  ["k3_attention", 1],
  ["k3_additive_attention", 6],
  ["k3_attention_concat", 1],
  ["k3_einsum_dense", 77],
  ["k3_rmsnorm_axes", 20],
  ["tf_preprocess_caffe", 56],
  ["tf_rescaling_per_channel", 0],
] as const;

it.each(TRAINED)("%s trains its %i weights and no constants", (name, count) => {
  const file = join(FIXTURES, "layers", name, name.startsWith("k3") ? "model.keras" : "model.h5");
  const { graph } = readKeras(openFile(file));
  const refs = new Map<string, WeightRef>();
  for (const node of graph.nodes) for (const [, ref] of trainableRoles(node)) refs.set(ref.id, ref);
  expect([...refs.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(count);
});

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { collectBytes } from "../../../src/formats/bytes.ts";
import { readFloat32, type WeightRef } from "../../../src/ir/tensor.ts";
import type { Quantization } from "../../../src/targets/tfjs-model/index.ts";
import { layWeights } from "../../../src/targets/tfjs-model/manifest.ts";
import { constantWeight } from "../../../src/weights/constant.ts";
import { weight } from "../coreml-nn/build-graph.ts";

/** What tfjs reads. */
async function decoded(refs: readonly WeightRef[], quantization?: Quantization) {
  const named = refs.map((ref, index) => ({ name: `w${index}`, ref }));
  const manifest = layWeights(named, quantization);
  const data = collectBytes(manifest);
  const specs = JSON.parse(JSON.stringify(manifest.specs));
  const tensors = tf.io.decodeWeights(data.slice().buffer, specs);
  return named.map(({ name }) => tensors[name]?.dataSync() ?? []);
}

test("weights come back as they are", async () => {
  const refs = [weight("a", [3, 5]), weight("b", [70_000]), weight("c", [1])];
  const arrays = await decoded(refs);
  expect(arrays).toEqual(refs.map(readFloat32));
});

test("half precision keeps three digits", async () => {
  const ref = weight("a", [1000], -3, 3);
  const [got] = await decoded([ref], "float16");
  readFloat32(ref).forEach((x, i) => {
    expect(Math.abs((got?.[i] ?? Number.NaN) - x)).toBeLessThan(0.0015);
  });
});

test("half precision leaves alone what it would make infinite or zero", async () => {
  const mask = constantWeight("m", [2], [0, -1e9]);
  const epsilon = constantWeight("e", [1], [1e-12]);
  const [first, second] = await decoded([mask, epsilon], "float16");
  expect([...(first ?? []), ...(second ?? [])]).toEqual([0, -1e9, Math.fround(1e-12)]);
});

test.each(["uint8", "uint16"] as const)("%s divides the range into equal steps", async (type) => {
  const ref = weight("a", [1000], -3, 1);
  const [got] = await decoded([ref], type);
  const step = 4 / (type === "uint8" ? 255 : 65535);
  readFloat32(ref).forEach((x, i) => {
    expect(Math.abs((got?.[i] ?? Number.NaN) - x)).toBeLessThan(step);
  });
});

test("zero stays zero, and a weight of one number stays that number", async () => {
  const zeros = constantWeight("z", [4], [-0.7, 0, 0.31, 0]);
  const same = constantWeight("s", [2], [0.3, 0.3]);
  const [first, second] = await decoded([zeros, same], "uint8");
  expect([first?.[1], first?.[3]].map((x) => x === 0)).toEqual([true, true]);
  expect([...(second ?? [])]).toEqual([Math.fround(0.3), Math.fround(0.3)]);
});

test("files hold at most 4 MiB and together everything, even where a number lies in two of them", () => {
  const weights = [weight("a", [1_500_000]), weight("b", [7]), weight("c", [1_000_001])];
  const named = weights.map((ref, index) => ({ name: `w${index}`, ref }));
  const { shards, byteLength } = layWeights(named, "uint16");
  expect(shards.map(({ path }) => path)).toEqual(["group1-shard1of2.bin", "group1-shard2of2.bin"]);
  expect(shards.map((shard) => shard.byteLength)).toEqual([4 << 20, byteLength - (4 << 20)]);
  const whole = collectBytes(layWeights(named, "uint16"));
  expect(Buffer.compare(Buffer.concat(shards.map(collectBytes)), whole)).toBe(0);
});

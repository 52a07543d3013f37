import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "../../cases.ts";
import { datasetAt, numbers, openFixture } from "./open.ts";

const REPACKED = readdirSync(join(FIXTURES, "generations")).filter((name) =>
  name.startsWith("h5_"),
);
const original = openFixture("generations/k224/model.hdf5");

const DATASETS = [
  "conv1/conv1/kernel:0",
  "conv1_bn/conv1_bn/gamma:0",
  "conv1_bn/conv1_bn/moving_variance:0",
  "conv_dw_1/conv_dw_1/depthwise_kernel:0",
  "head/head/kernel:0",
  "head/head/bias:0",
];

describe.each(REPACKED)("%s holds what the original holds", (name) => {
  const file = openFixture(`generations/${name}/model.hdf5`);

  it("the same groups and names", () => {
    const [mine, theirs] = [file.root.get("model_weights"), original.root.get("model_weights")];
    if (mine?.kind !== "group" || theirs?.kind !== "group") throw new Error("no weights");
    expect(mine.keys()).toEqual(theirs.keys());
    expect(mine.attributes.get("layer_names")).toEqual(theirs.attributes.get("layer_names"));
    expect(file.root.attributes.get("model_config")).toBe(
      original.root.attributes.get("model_config"),
    );
  });

  it.each(DATASETS)("the same numbers in %s", (path) => {
    const mine = datasetAt(file, `model_weights/${path}`);
    const theirs = datasetAt(original, `model_weights/${path}`);
    expect(mine.shape).toEqual(theirs.shape);
    const expected = numbers(theirs);
    if (mine.dtype !== "float16") return expect(numbers(mine)).toEqual(expected);
    // Half precision keeps eleven bits, and nothing below 2^-24.
    for (const [at, value] of numbers(mine).entries()) {
      const exact = expected[at] ?? Number.NaN;
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(
        Math.max(Math.abs(exact) * 2 ** -11, 2 ** -25),
      );
    }
  });
});

it("reads bfloat16, which Keras 3 stores as two opaque bytes, as the numbers it stands for", () => {
  const half = openFixture("generations/k3151_bfloat16/model.h5");
  const full = openFixture("generations/k3151/model.h5");
  const path = "model_weights/conv1/conv1/kernel";
  const dataset = datasetAt(half, path);
  expect(dataset.type).toMatchObject({ kind: "opaque", size: 2 });
  expect(dataset.dtype).toBe("bfloat16");
  const exact = numbers(datasetAt(full, path));
  for (const [at, value] of numbers(dataset).entries()) {
    expect(Math.abs(value - (exact[at] ?? Number.NaN))).toBeLessThanOrEqual(
      Math.abs(value) * 2 ** -8,
    );
  }
});

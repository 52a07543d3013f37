import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { precisionWarnings } from "../../src/cli/train-precision.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { FIXTURES } from "../cases.ts";

const bytes = gunzipSync(readFileSync(join(FIXTURES, "optimizers/loss_scale.keras.gz")));
const traced = openTraced(bytesSource(bytes, "model.keras"), {});

it("says nothing of models in 32 bits", () => {
  expect(precisionWarnings(traced)).toEqual([]);
});

it("says that layers of 16 bits are trained in 32", () => {
  const layers = traced.model.layers.map((layer) => ({
    ...layer,
    config: { ...layer.config, dtype: "mixed_float16" },
  }));
  const [warning] = precisionWarnings({ ...traced, model: { ...traced.model, layers } });
  expect(warning?.text).toContain("compute in 16 bits in Keras (mixed_float16), here in 32");
});

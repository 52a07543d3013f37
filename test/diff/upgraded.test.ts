import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { diffModels } from "../../src/diff/diff.ts";
import { kerasSide } from "../../src/diff/keras-side.ts";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../src/targets/keras/index.ts";
import { FIXTURES } from "../cases.ts";

/** A model, and itself in the words of Keras 3. */
function sides(path: string) {
  const source = bytesSource(new Uint8Array(readFileSync(join(FIXTURES, path))), path);
  const { file } = writeKeras(openTraced(source, {}), { container: ".keras", keras: 3 });
  const upgraded = bytesSource(collectBytes(file), "upgraded.keras");
  return [kerasSide(source, {}).side, kerasSide(upgraded, {}).side] as const;
}

it.each([
  ["depthwise kernels, which Keras 3 calls kernels", "micro/depthwise_same_s1/model.hdf5"],
  ["thresholds", "micro/act_thresholdedrelu/model.hdf5"],
  ["a hard_sigmoid that is written out", "micro/act_hard_sigmoid/model.hdf5"],
  ["gates of another hard_sigmoid", "micro/gru_seq/model.hdf5"],
  ["two directions of such gates", "micro/bilstm_ave/model.hdf5"],
  ["gates of convolutions over time", "layers/tf_convlstm2d_back/model.h5"],
  ["an optimizer's state in another order", "layers/tf_trained/model.h5"],
  ["paddings of Theano", "generations/k224_theano/model.hdf5"],
  ["axes that pooling keeps", "layers/k3_globalpool2d_keepdims/model.keras"],
  ["operations", "layers/tf_ops_matmul/model.h5"],
])("%s are no difference after an upgrade", (_, path) => {
  const found = diffModels(...sides(path));
  expect(found.layers).toMatchObject({ added: [], removed: [], changed: [] });
  expect(found.weights).toMatchObject({ changed: [], reshaped: [] });
  expect(found.equal).toBe(true);
});

it("a changed weight is a difference after an upgrade too", () => {
  const [before, after] = sides("micro/gru_seq/model.hdf5");
  const layers = after.layers.map((layer) => ({
    ...layer,
    weights: layer.weights.map(({ ref, ...rest }) => ({
      ...rest,
      ref: {
        ...ref,
        readInto(target: Float64Array, start: number) {
          ref.readInto(target, start);
          target[0] = (target[0] ?? 0) + 0.001;
        },
      },
    })),
  }));
  const found = diffModels(before, { ...after, layers });
  expect(found.equal).toBe(false);
  expect(found.weights.changed.length).toBeGreaterThan(0);
});

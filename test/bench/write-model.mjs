import { renameSync, rmSync } from "node:fs";
import h5wasm from "h5wasm/node";

/**
 * Writes a model with seeded numbers as the legacy HDF5 file that Keras 2.2.4 would: superblock 0, contiguous float32.
 * @param {import("./keras2-model.mjs").Keras2Model} model
 * @param {string} path
 */
export async function writeModel(model, path) {
  await h5wasm.ready;
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const file = new h5wasm.File(partial, "w", { libver: ["earliest", "v110"] });
  file.create_attribute("keras_version", "2.2.4");
  file.create_attribute("backend", "tensorflow");
  file.create_attribute("model_config", JSON.stringify(model.config()));
  const root = file.create_group("model_weights");
  const names = model.layers.map((layer) => layer.name);
  root.create_attribute("layer_names", names, null, `S${longest(names)}`);
  root.create_attribute("keras_version", "2.2.4");
  root.create_attribute("backend", "tensorflow");
  const random = xorshift(1);
  for (const layer of names) {
    const group = root.create_group(layer);
    const weights = model.weights.filter((weight) => weight.layer === layer);
    const weightNames = weights.map((weight) => `${layer}/${weight.role}:0`);
    if (weights.length === 0) {
      group.create_attribute("weight_names", new Float64Array(0), [0], "<d");
      continue;
    }
    group.create_attribute("weight_names", weightNames, null, `S${longest(weightNames)}`);
    const inner = group.create_group(layer);
    for (const { role, shape } of weights) {
      const data = numbers(random, role, shape);
      inner.create_dataset({ name: `${role}:0`, data, shape, dtype: "<f" });
    }
  }
  file.close();
  renameSync(partial, path);
}

function longest(names) {
  return Math.max(...names.map((name) => name.length));
}

/** Uniform numbers that keep activations at a sane scale. */
function numbers(random, role, shape) {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const data = new Float32Array(count);
  const fanIn = count / shape[shape.length - 1];
  const centred = role !== "gamma" && role !== "moving_variance";
  const width = role.endsWith("kernel") ? 2 * Math.sqrt(6 / fanIn) : 0.5;
  const low = centred ? -width / 2 : 0.75;
  for (let index = 0; index < count; index++) data[index] = low + width * random();
  return data;
}

function xorshift(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

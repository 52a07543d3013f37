import { readFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource } from "../../../src/formats/bytes.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { FIXTURES } from "../../cases.ts";
import { array, layer, namedSequential, numbers } from "./hand-made.ts";
import { stateFile } from "./keras-file.ts";
import { refusal } from "./refusal.ts";

const CONFIG = {
  module: "keras",
  ...namedSequential("s", [
    layer("InputLayer", { name: "in", batch_shape: [null, 1] }),
    layer("Dense", { name: "d", units: 1 }),
  ]),
};

function zip(members: Readonly<Record<string, Uint8Array | string>>, level: 0 | 6 = 0): ByteSource {
  const entries = Object.entries(members).map(([name, data]) => [
    name,
    typeof data === "string" ? strToU8(data) : data,
  ]);
  return bytesSource(zipSync(Object.fromEntries(entries), { level }), "model.keras");
}

function bytesOf(source: ByteSource): Uint8Array {
  const bytes = new Uint8Array(source.size);
  source.readInto(0, bytes);
  return bytes;
}

async function weights(): Promise<Uint8Array> {
  return bytesOf(
    await stateFile([
      array("layers/dense/vars/0", [1, 1], [7]),
      array("layers/dense/vars/1", [1], [8]),
    ]),
  );
}

describe("a .keras archive", () => {
  it.each([0, 6] as const)("is read, packed at level %i", async (level) => {
    const source = zip(
      {
        "metadata.json": JSON.stringify({ keras_version: "3.4.1" }),
        "config.json": JSON.stringify(CONFIG),
        "model.weights.h5": await weights(),
      },
      level,
    );
    const { graph, warnings } = readKeras(source);
    expect(numbers(graph, "d", "kernel")).toEqual([7]);
    expect(graph.source).toEqual({ format: "keras", version: "3.4.1", backend: "" });
    expect(warnings).toEqual([]);
  });

  it("says how it was trained", async () => {
    const compiled = {
      ...CONFIG,
      compile_config: {
        optimizer: { class_name: "Adam", config: { learning_rate: 0.5 } },
        loss: "mse",
      },
    };
    const source = zip({
      "config.json": JSON.stringify(compiled),
      "model.weights.h5": await weights(),
    });
    expect(readKeras(source).graph.training).toEqual({
      losses: ["mse"],
      metrics: [],
      optimizer: { name: "adam", config: { learning_rate: 0.5 } },
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "no weights",
      {},
      "bad-weights: model.keras: The .keras archive holds no weights (model.weights.h5).\n" +
        '  Save the model again with model.save("model.keras").',
    ],
    [
      "NumPy weights",
      { "model.weights.npz": "" },
      "unsupported: model.keras: The weights in this .keras archive are a NumPy file of pickled objects.\n" +
        "  Load it in Keras 3 with h5py installed and save it again.",
    ],
    [
      "weights in several files",
      { "model.weights.json": "{}", "model_00000.weights.h5": "" },
      "unsupported: model.keras: The weights in this .keras archive are spread over several files.\n" +
        "  Load it in Keras 3 and save it again without max_shard_size.",
    ],
    [
      "weights that are no HDF5",
      { "model.weights.h5": "hello" },
      "bad-format: model.keras/model.weights.h5: This is not an HDF5 file: it has no HDF5 signature.",
    ],
  ])("with %s is refused", (_, members, text) => {
    const source = zip({ "config.json": JSON.stringify(CONFIG), ...members });
    expect(refusal(() => readKeras(source))).toBe(text);
  });

  it("with a config that is none is refused", () => {
    expect(refusal(() => readKeras(zip({ "config.json": "[1]" })))).toBe(
      "bad-config: model.keras, config.json: The JSON is not an object.",
    );
  });

  it("of somebody else is refused", () => {
    expect(refusal(() => readKeras(zip({ "archive/data.pkl": "" })))).toBe(
      "bad-format: model.keras: This is a PyTorch checkpoint (a zip with a pickle inside).\n" +
        "  A .keras archive holds config.json and model.weights.h5; this one holds archive/data.pkl.",
    );
    expect(refusal(() => readKeras(zip({})))).toBe(
      "bad-format: model.keras: This is a zip file, but not one that Keras writes.\n" +
        "  A .keras archive holds config.json and model.weights.h5; this one holds nothing.",
    );
  });
});

it("weights that lie over each other are refused", () => {
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, "generations/k224/model.hdf5")));
  const view = new DataView(bytes.buffer);
  // Layout message version 3, contiguous: 3, 1, address and size of the data in 8 bytes each.
  const layoutOf = (size: number): number => {
    for (let at = 0; at + 18 <= bytes.length; at++) {
      const contiguous = bytes[at] === 3 && bytes[at + 1] === 1;
      if (contiguous && view.getBigUint64(at + 10, true) === BigInt(size)) return at;
    }
    throw new Error(`no layout of ${size} bytes`);
  };
  const kernel = view.getBigUint64(layoutOf(4 * 3 * 3 * 3 * 6) + 2, true);
  view.setBigUint64(layoutOf(4 * 3 * 3 * 6) + 2, kernel + 100n, true);
  expect(refusal(() => readKeras(bytesSource(bytes, "model.h5")))).toBe(
    'corrupt-file: model.h5: The weights "/model_weights/conv1/conv1/kernel:0" and "/model_weights/conv_dw_1/conv_dw_1/depthwise_kernel:0" overlap in the file.\n' +
      "  The file is damaged; fetch it again.",
  );
});

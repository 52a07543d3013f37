import { join } from "node:path";
import { expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { initialiseModel } from "../../src/surgery/initialise.ts";
import { refuseUntrainableLayers } from "../../src/train/untrainable-layers.ts";
import { FIXTURES } from "../cases.ts";
import { layer, namedSequential } from "../sources/keras/hand-made.ts";

function read(name: string): Graph {
  return readKeras(openFile(join(FIXTURES, "layers", name, "model.keras"))).graph;
}

const REFUSED = [
  ["k3_spectralnorm", "the kernel that it divides by its norm in every step is not followed"],
  ["k3_lora", "LoRA adapters are not trained here."],
  ["k3_gqa", "heads that share keys and values are not trained here."],
  ["k3_td_bn", "batch normalisation of each time step apart is not done"],
] as const;

it.each(REFUSED)("%s is refused", (name, text) => {
  expect(() => refuseUntrainableLayers(read(name))).toThrow(text);
});

it.each(["tf_td_bn", "k3_mha_self", "k3_lstm"])("%s is trained", (name) => {
  expect(() => refuseUntrainableLayers(read(name))).not.toThrow();
});

it("trains an LSTM whose weights have just been drawn", () => {
  const config = { name: "rnn", units: 2, batch_input_shape: [null, 4, 3] };
  const json = namedSequential("m", [layer("LSTM", config)]);
  const dialect = { generation: "tf", version: "2.15.0", backend: "tensorflow" } as const;
  const { graph } = initialiseModel(json, { dialect }).trace;
  if (graph === undefined) throw new Error("The model is not whole.");
  expect(() => refuseUntrainableLayers(graph)).not.toThrow();
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../../src/targets/keras/index.ts";
import { openCase } from "../../cases.ts";
import { difference } from "./difference.ts";

function inKeras1(id: string): TracedModel {
  const bytes = readFileSync(join(openCase(id).folder, "model.hdf5"));
  const traced = openTraced(bytesSource(bytes, "model.hdf5"), {});
  const { file } = writeKeras(traced, { container: ".h5", keras: 1 });
  return openTraced(bytesSource(collectBytes(file), "old.h5"), {});
}

describe("a model in the words of Keras 1", () => {
  test.each([
    "micro/conv2d_same_s2_even",
    "micro/conv2d_dilated_same",
    "micro/conv_bn",
    "micro/lstm_seq_back",
    "micro/gru",
    "micro/bilstm_concat",
    "micro/merge_concat_channels",
    "micro/separable_dm2",
    "micro/timedistributed_conv2d",
    "micro/zeropad2d_asym",
    "micro/topo_sequential_in_model",
    "micro/topo_siamese",
  ])("computes what it computed: %s", (id) => {
    const after = inKeras1(id);
    expect([after.archive.dialect.generation, after.archive.dialect.version]).toEqual([1, "1.2.2"]);
    const { graph } = after.trace;
    expect(graph && difference(graph, openCase(id))).toBeUndefined();
  });

  it("has its words and the names of its weights", () => {
    const { model, archive } = inKeras1("micro/conv2d_same_s1");
    const [, layer] = model.layers;
    expect([layer?.fileClass, layer?.json]).toEqual([
      "Convolution2D",
      expect.objectContaining({ nb_row: 3, nb_col: 3, border_mode: "same", dim_ordering: "tf" }),
    ]);
    const groups = archive.weights.kind === "groups" ? archive.weights.groups : [];
    expect(groups.flatMap(({ weights }) => weights.map(({ name }) => name))).toEqual([
      "conv2d_1_W:0",
      "conv2d_1_b:0",
    ]);
  });

  it.each([
    ["micro/depthwise_valid", "Keras 1 has no layer of class DepthwiseConv2D."],
    ["micro/bn_noscale", "Keras 1 always normalises with gamma and beta."],
    ["micro/gru_reset_after", "its reset_after does not exist in Keras 1."],
    ["micro/conv2d_dilated_valid", "Keras 1 spreads kernels with same padding alone."],
  ])("refuses %s", (id, text) => {
    expect(() => inKeras1(id)).toThrow(text);
  });
});

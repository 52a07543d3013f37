import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openCoreML } from "../../../src/formats/coreml/open.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { readCoreML } from "../../../src/sources/coreml/index.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { modelOfGraph, writeKeras } from "../../../src/targets/keras/index.ts";
import { type Case, listCases, openCase } from "../../cases.ts";
import { difference } from "./difference.ts";

function graphOf({ folder }: Case): Graph {
  const source = bytesSource(readFileSync(join(folder, "golden.mlmodel")), "golden.mlmodel");
  return readCoreML(openCoreML(source).model, {}).graph;
}

function inKeras(graph: Graph, keras: 2 | 3): TracedModel {
  const bytes = collectBytes(
    writeKeras(modelOfGraph(graph, keras), { container: ".h5", keras }).file,
  );
  return openTraced(bytesSource(bytes, "new.h5"), {});
}

/** Goldens that do not compute what their Keras model does, or take single steps where it takes sequences. */
const OTHER =
  /relu_slope_threshold|softmax_axis1|bn_sequence|causal_dilated|on_sequence|maskzero|seq_axis2|timedistributed|shared_diverging/;

const REFUSED = new Map([
  ["micro/bilstm_ave", "Keras has no layer for parts of an axis."],
  ["micro/bilstm_mul", "Keras has no layer for parts of an axis."],
  ["micro/bilstm_sum", "Keras has no layer for parts of an axis."],
  ["micro/upsampling2d_bilinear", "in Keras 3 a layer of this kind computes something else."],
]);

/** Not networks as the graph has them. */
const UNREAD = /arg_custom_layer|topo_any_size|gru_reset_after/;

const CASES = listCases("micro").filter(
  ({ id, folder }) =>
    existsSync(join(folder, "golden.mlmodel")) && !OTHER.test(id) && !UNREAD.test(id),
);

describe("a Core ML network as a file of Keras 3", () => {
  test.each(CASES.map((one) => [one.id, one] as const))(
    "computes what Keras computed: %s",
    (id, one) => {
      const refusal = REFUSED.get(id);
      if (refusal !== undefined) {
        expect(() => inKeras(graphOf(one), 3)).toThrow(refusal);
        return;
      }
      const { graph } = inKeras(graphOf(one), 3).trace;
      expect(graph && difference(graph, one)).toBeUndefined();
    },
  );
});

describe("its inputs", () => {
  it("are called by nothing, which Keras 3 demands", () => {
    const { archive } = modelOfGraph(graphOf(openCase("generations/k224")), 3);
    const text = JSON.stringify(archive.model);
    expect(text).toMatch(
      /"class_name":"InputLayer"[^[]*"batch_shape":\[[^\]]*\][^[]*"inbound_nodes":\[\]/,
    );
  });
});

describe("a Core ML network as a file of Keras 2", () => {
  it("has the layers that a user would have written", () => {
    const { model } = inKeras(graphOf(openCase("generations/k224")), 2);
    expect(model.layers.map(({ className }) => className)).toEqual([
      "InputLayer",
      "Conv2D",
      "BatchNormalization",
      "ReLU",
      "DepthwiseConv2D",
      "BatchNormalization",
      "ReLU",
      "Flatten",
      "Dense",
      "Softmax",
    ]);
  });

  it("keeps the corners of pixels and the sigmoid of its time", () => {
    for (const id of ["micro/upsampling2d_bilinear", "micro/lstm_seq"]) {
      const one = openCase(id);
      const { graph } = inKeras(graphOf(one), 2).trace;
      expect([id, graph && difference(graph, one)]).toEqual([id, undefined]);
    }
  });
});

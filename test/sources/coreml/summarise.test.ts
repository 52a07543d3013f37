import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import { totalOf, uniqueWeights } from "../../../src/ir/model-summary.ts";
import { summariseCoreML } from "../../../src/sources/coreml/summarise.ts";
import { listCases, openCase } from "../../cases.ts";

describe("summariseCoreML", () => {
  test.each(["snacks/snacks_mobilenet025", "snacks/snacks_squeezenet"])(
    "counts the parameters of %s as Keras does",
    (id) => {
      const { summary } = summarise(id);
      expect(totalOf(uniqueWeights(summary.layers)).count).toBe(openCase(id).json.parameters);
    },
  );

  test("lists several layers that spell one function as one, in Keras' words", () => {
    const { summary } = summarise("generations/k224");
    expect(summary.layers.slice(0, 5).map(({ name, className }) => [name, className])).toEqual([
      ["input1", "InputLayer"],
      ["conv1", "Conv2D"],
      ["conv1_bn", "BatchNormalization"],
      ["conv1_relu", "ReLU"],
      ["conv_dw_1", "DepthwiseConv2D"],
    ]);
    expect(summary.layers[1]?.calls).toEqual([
      { inputs: [{ layer: "input1", call: 0, tensor: 0 }], outputs: [[null, 8, 8, 6]] },
    ]);
    expect(summary.layers[1]?.config).toMatchObject({
      kernel_size: [3, 3],
      filters: 6,
      strides: [2, 2],
    });
  });

  test("shows a network with a layer that cannot be said, without shapes", () => {
    const { summary, graph, warnings } = summarise("micro/arg_custom_layer");
    expect(graph).toBeUndefined();
    expect(warnings.map(({ text }) => text)).toEqual(["its code is in the app."]);
    expect(summary.layers.map(({ className }) => className)).toContain("TwicePlusOne");
    expect(summary.layers.flatMap(({ calls }) => calls[0]?.outputs)).not.toContainEqual(
      expect.anything(),
    );
  });

  test("says which layers are trained on the device", () => {
    const updatable = listCases("micro").find(({ json }) => json.convert?.args.respect_trainable);
    const { summary } = summarise(updatable?.id ?? "");
    const trained = summary.layers.filter(({ trainable }) => trainable);
    expect(trained.length).toBeGreaterThan(0);
    expect(trained.flatMap(({ weights }) => weights).every(({ trainable }) => trainable)).toBe(
      true,
    );
  });
});

function summarise(id: string) {
  return summariseCoreML(golden(id), { name: "golden" });
}

function golden(id: string): Model {
  return decodeModel(readFileSync(join(openCase(id).folder, "golden.mlmodel")));
}

import { describe, expect, it } from "vitest";
import type { LayerConfig } from "../../../src/sources/keras/topology.ts";
import { namesLayer, namesPrefix, namesRole } from "../../../src/sources/keras/weight-names.ts";

describe("a weight's name tells its role", () => {
  it.each([
    ["conv/kernel:0", "kernel", 2],
    ["conv/kernel", "kernel", 3],
    ["lstm/lstm_cell/recurrent_kernel:0", "recurrent_kernel", "tf"],
    ["bi/forward_lstm/kernel:0", "forward/kernel", 2],
    ["dw/depthwise_kernel:0", "kernel", 3],
    ["dw/kernel", "depthwise_kernel", 2],
    ["sep/kernel_1:0", "kernel", 2],
    ["conv_W:0", "kernel", 1],
    ["emb_W", "embeddings", 1],
    ["bn_running_std:0", "moving_variance", 1],
    ["lstm_1_b_i", "b_i", 1],
  ] as const)("%s is a %s in generation %s", (name, role, generation) => {
    expect(namesRole(name, role, generation)).toBe(true);
  });

  it.each([
    ["conv/kernel:0", "bias", 2],
    ["conv_W:0", "bias", 1],
    ["lstm_W_i", "kernel", 1],
    ["recurrent_kernel:0", "kernel", 2],
  ] as const)("%s is no %s in generation %s", (name, role, generation) => {
    expect(namesRole(name, role, generation)).toBe(false);
  });

  it("and its half, where a layer has two", () => {
    expect(namesPrefix("bi/forward_lstm_1/kernel:0", "forward/kernel")).toBe(true);
    expect(namesPrefix("bi/backward_lstm_1/kernel:0", "forward/kernel")).toBe(false);
    expect(namesPrefix("conv/kernel:0", "kernel")).toBe(true);
  });
});

describe("a weight's name tells its layer", () => {
  const layer = (path: string): LayerConfig => ({
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    fileClass: "Dense",
    className: "Dense",
    json: {},
    config: {},
    trainable: true,
    ownTrainable: true,
    calls: [],
  });

  it("by the part before the role", () => {
    expect(namesLayer("conv/kernel:0", layer("base/conv"), 2)).toBeGreaterThan(0);
    expect(namesLayer("conv_1/kernel:0", layer("base/conv"), 2)).toBe(undefined);
    expect(namesLayer("conv_1_W:0", layer("base/conv_1"), 1)).toBeGreaterThan(0);
  });

  it("better the nearer to the role, and the more models around it fit", () => {
    const name = "outer/a/conv/kernel:0";
    const scores = ["outer/a/conv", "outer/b/conv", "outer/a"].map((path) =>
      namesLayer(name, layer(path), 2),
    );
    expect(scores[0]).toBeGreaterThan(scores[1] ?? 0);
    expect(scores[1]).toBeGreaterThan(scores[2] ?? 0);
  });
});

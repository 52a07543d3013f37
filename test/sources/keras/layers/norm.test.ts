import { describe, expect, it } from "vitest";
import { createConfigReader } from "../../../../src/sources/keras/config.ts";
import { layerSpecs } from "../../../../src/sources/keras/layers/index.ts";
import { type Given, lower, refusal } from "./lowering.ts";

function batchNorm(config: Given["config"], shape: readonly (number | null)[]) {
  const [op] = lower({ layer: "BatchNormalization", config: config ?? {}, inputs: [shape] }).ops;
  return op?.kind === "batchNorm" ? op : undefined;
}

describe("BatchNormalization", () => {
  it("takes its axis as a number or, from tf.keras, as a list of one", () => {
    expect(batchNorm({ axis: -1 }, [null, 4, 3])?.axis).toBe(2);
    expect(batchNorm({ axis: [3] }, [null, 4, 5, 3])?.axis).toBe(3);
    expect(batchNorm({ axis: 1 }, [null, 3, 5, 4])?.axis).toBe(1);
  });

  it("takes epsilon from the config, never from a default it knows", () => {
    expect(batchNorm({ epsilon: 1e-5 }, [null, 3])?.epsilon).toBe(1e-5);
  });

  it("has no gamma without scale and no beta without center", () => {
    expect(Object.keys(batchNorm({ scale: false }, [null, 3])?.weights ?? {})).toEqual([
      "beta",
      "mean",
      "variance",
    ]);
    expect(Object.keys(batchNorm({ center: false }, [null, 3])?.weights ?? {})).toEqual([
      "gamma",
      "mean",
      "variance",
    ]);
  });

  it("refuses the modes of Keras 1 that use the data's own statistics", () => {
    expect(refusal({ layer: "BatchNormalization", config: { mode: 1 }, inputs: [[null, 3]] })).toBe(
      'Layer "it" (BatchNormalization): mode 1 of Keras 1 normalises with the statistics of the data at hand.',
    );
  });
});

describe("BatchNormalization with renormalisation", () => {
  it("is refused for that, not for the number of its weights", () => {
    expect(
      refusal({ layer: "BatchNormalization", config: { renorm: true }, inputs: [[null, 3]] }),
    ).toBe(
      'Layer "it" (BatchNormalization): batch renormalisation (renorm) keeps statistics of its own and is not known.',
    );
    const own = layerSpecs.get("BatchNormalization");
    const config = createConfigReader({ renorm: true });
    expect(own?.slots?.(config, { generation: "tf", version: "2.15.0", backend: "" })).toBe(
      undefined,
    );
  });
});

describe("other normalisations", () => {
  it("tell RMSNormalization from LayerNormalization(rms_scaling), which takes the mean off for the variance", () => {
    const kinds = (layer: string, config: Given["config"]) =>
      lower({ layer, config: config ?? {}, inputs: [[null, 4, 3]] }).ops;
    expect(kinds("RMSNormalization", { axis: -1 })).toMatchObject([
      { kind: "layerNorm", rms: true, epsilon: 1e-6 },
    ]);
    expect(kinds("LayerNormalization", { axis: [1, 2] })).toMatchObject([
      { kind: "layerNorm", rms: false, axes: [1, 2], epsilon: 1e-3 },
    ]);
    expect(
      kinds("LayerNormalization", { rms_scaling: true }).map((op) =>
        "fn" in op ? `${op.kind} ${op.fn}` : op.kind,
      ),
    ).toEqual([
      "reduce mean",
      "merge subtract",
      "unary square",
      "reduce mean",
      "affine",
      "unary rsqrt",
      "merge multiply",
      "affine",
    ]);
  });

  it("give the scale of RMSNormalization to the last axes, whichever it normalises, as Keras does", () => {
    const layer = "RMSNormalization";
    const { ops } = lower({ layer, config: { axis: [1] }, inputs: [[null, 3, 3]] });
    expect(ops).toMatchObject([
      { kind: "layerNorm", rms: true, axes: [1], weights: {} },
      { kind: "affine", learned: true, weights: { scale: { shape: [3] } } },
    ]);
    expect(refusal({ layer, config: { axis: [1] }, inputs: [[null, 4, 3]] })).toBe(
      'Layer "it" (RMSNormalization): the scale of other axes than the last meets the last, which have other sizes.',
    );
  });

  it("count one group per channel for groups of -1", () => {
    const groups = (layer: string, config: Given["config"]) =>
      lower({ layer, config: config ?? {}, inputs: [[null, 4, 6]] }).ops;
    expect(groups("GroupNormalization", { groups: 2 })).toMatchObject([{ groups: 2, axis: 2 }]);
    expect(groups("GroupNormalization", { groups: -1 })).toMatchObject([{ groups: 6 }]);
  });
});

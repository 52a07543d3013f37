import { describe, expect, it } from "vitest";
import { type Given, lower, refusal } from "./lowering.ts";

function recurrentOf(given: Given) {
  const op = lower(given).ops.find((one) => one.kind === "recurrent");
  return op?.kind === "recurrent" ? op : undefined;
}

const SEQUENCE: Given["inputs"] = [[null, 4, 3]];

describe("recurrent layers", () => {
  it("tell reset_after from the shape of the bias", () => {
    const gru = (bias: readonly number[], reset_after: boolean | null) =>
      recurrentOf({
        layer: "GRU",
        config: { units: 2, reset_after },
        inputs: SEQUENCE,
        stored: { bias },
      })?.resetAfter;
    expect(gru([2, 6], null)).toBe(true);
    expect(gru([6], null)).toBe(false);
    expect(gru([6], true)).toBe(false);
  });

  it("give CuDNN layers their fixed activations", () => {
    expect(
      recurrentOf({
        layer: "CuDNNGRU",
        config: { units: 2 },
        inputs: SEQUENCE,
        stored: { bias: [2, 6] },
        dialect: { generation: 2 },
      }),
    ).toMatchObject({
      cell: "gru",
      activation: { fn: "tanh" },
      recurrentActivation: { fn: "sigmoid" },
      resetAfter: true,
    });
  });

  it("run stacked cells one after the other, sequences between", () => {
    const cells = [2, 5].map((units) => ({ class_name: "LSTMCell", config: { units } }));
    const { ops, shapes } = lower({
      layer: "RNN",
      config: { cell: { class_name: "StackedRNNCells", config: { cells } } },
      inputs: SEQUENCE,
    });
    expect(ops).toMatchObject([
      { kind: "recurrent", units: 2, returnSequences: true },
      { kind: "recurrent", units: 5, returnSequences: false },
    ]);
    expect(shapes).toEqual([[null, 5]]);
  });

  it("take initial states as further inputs", () => {
    const given = {
      layer: "LSTM",
      config: { units: 2, return_state: true },
      inputs: [
        [null, 4, 3],
        [null, 2],
        [null, 2],
      ],
    };
    expect(lower(given).shapes).toEqual([
      [null, 2],
      [null, 2],
      [null, 2],
    ]);
    expect(refusal({ ...given, inputs: given.inputs.slice(0, 2) })).toContain(
      "it gets 1 initial states where 2 belong",
    );
  });

  it("refuse time before batch", () => {
    expect(
      refusal({ layer: "GRU", config: { units: 2, time_major: true }, inputs: SEQUENCE }),
    ).toBe('Layer "it" (GRU): time_major input, with time before the batch, cannot be expressed.');
  });
});

describe("Bidirectional", () => {
  const layer = { class_name: "GRU", config: { units: 2, return_sequences: true } };

  it("merges as merge_mode says; null gives both outputs", () => {
    const merged = (config: Given["config"]) =>
      lower({ layer: "Bidirectional", config: { layer, ...config }, inputs: SEQUENCE }).shapes;
    expect(merged({})).toEqual([[null, 4, 4]]);
    expect(merged({ merge_mode: "ave" })).toEqual([[null, 4, 2]]);
    expect(merged({ merge_mode: null })).toEqual([
      [null, 4, 2],
      [null, 4, 2],
    ]);
  });

  it("reads weights of both directions by their prefixes", () => {
    const op = recurrentOf({ layer: "Bidirectional", config: { layer }, inputs: SEQUENCE });
    expect(op?.weights.kernel.id).toBe("forward/kernel");
    expect(op?.weights.backwardRecurrentKernel?.id).toBe("backward/recurrent_kernel");
  });

  it("takes Keras 3's backward layer as one op when it is the forward one turned round, else as two", () => {
    const turned = { ...layer, config: { ...layer.config, go_backwards: true } };
    const given = { layer: "Bidirectional", inputs: SEQUENCE };
    expect(lower({ ...given, config: { layer, backward_layer: turned } }).shapes).toEqual([
      [null, 4, 4],
    ]);
    const other = { ...turned, config: { ...turned.config, activation: "relu" } };
    const apart = lower({ ...given, config: { layer, backward_layer: other } });
    expect(apart.ops.filter((op) => op.kind === "recurrent")).toMatchObject([
      { direction: "forward", activation: { fn: "linear" } },
      { direction: "backward", activation: { fn: "relu" } },
    ]);
    expect(apart.shapes).toEqual([[null, 4, 4]]);
  });
});

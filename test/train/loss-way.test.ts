import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../src/ir/graph.ts";
import type { Activation } from "../../src/ir/ops/activation.ts";
import type { Json } from "../../src/json.ts";
import { parseTraining } from "../../src/sources/keras/training.ts";
import { checkLoss, lossWayOf, USUAL_SETTINGS } from "../../src/train/loss-way.ts";
import { createTrainer } from "../../src/train/trainer.ts";
import { constantWeight } from "../../src/weights/constant.ts";
import { buildGraph } from "../targets/coreml-nn/build-graph.ts";
import { activateBackend, BACKENDS } from "../targets/tfjs/backends.ts";

interface Steps {
  readonly keras: string;
  readonly start: Readonly<Record<string, readonly [kernel: number[], bias: number[]]>>;
  readonly inputs: Readonly<Record<string, number[]>>;
  readonly targets: Readonly<Record<string, Readonly<Record<string, number[]>>>>;
  readonly weights: number[];
  readonly cases: readonly {
    readonly loss: Json;
    readonly target: string;
    readonly activation: string;
    readonly kind: "plain" | "rows";
    readonly start: string;
    readonly weights: boolean;
    readonly rate: number;
    readonly losses: number[];
    readonly after: readonly [kernel: number[], bias: number[]];
  }[];
}

/** What Keras wrote: `fixtures/generators/loss_steps.py`. */
function stepsOf(dialect: string): Steps {
  const path = new URL(`../../fixtures/losses/steps-${dialect}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString());
}

const FUNCTIONS: Readonly<Record<string, (kind: "plain" | "rows") => Activation>> = {
  relu: () => ({ fn: "relu", negativeSlope: 0, maxValue: null, threshold: 0 }),
  sigmoid: () => ({ fn: "sigmoid" }),
  softmax: (kind) => ({ fn: "softmax", axis: kind === "rows" ? 2 : 1 }),
  tanh: () => ({ fn: "tanh" }),
};

/** The layer that Keras trained, compiled as the file would say it. */
function modelOf(
  steps: Steps,
  { loss, activation, kind, start, rate }: Steps["cases"][number],
): Graph {
  const [kernel = [], bias = []] = steps.start[start] ?? [];
  const weights = {
    kernel: constantWeight("kernel", [3, 4], kernel),
    bias: constantWeight("bias", [4], bias),
  };
  const graph = buildGraph([kind === "rows" ? [2, 3] : [3]], (add, x) => {
    const dense = add({ kind: "dense", weights }, x);
    const fn = FUNCTIONS[activation]?.(kind);
    if (fn === undefined) return dense;
    return add({ kind: "activation", activation: fn, weights: {} }, dense);
  });
  const optimizer = { class_name: "SGD", config: { learning_rate: rate } };
  const training = parseTraining({ optimizer, loss }, ["out"]);
  const source = { ...graph.source, version: steps.keras };
  return { ...graph, source, ...(training === undefined ? {} : { training }) };
}

describe.each(["keras", "tf", "keras-3"])("two steps in the dialect of %s", (dialect) => {
  beforeAll(async () => {
    await activateBackend(BACKENDS[0] ?? "");
  });

  const steps = stepsOf(dialect);
  const cases = steps.cases.map((one) => {
    const { loss, activation, weights, kind } = one;
    return [
      `${JSON.stringify(loss)} of ${kind} ${activation}${weights ? ", weighted" : ""}`,
      one,
    ] as const;
  });

  it.each(cases)("%s have Keras' losses and weights", async (_, own) => {
    const trainer = createTrainer(modelOf(steps, own), {
      random: () => (n) => new Float32Array(n),
    });
    const shape = own.kind === "rows" ? [5, 2, 3] : [5, 3];
    const batch = {
      inputs: [{ shape, data: Float32Array.from(steps.inputs[own.kind] ?? []) }],
      target: Float32Array.from(steps.targets[own.kind]?.[own.target] ?? []),
      ...(own.weights ? { weights: Float32Array.from(steps.weights) } : {}),
    };
    for (const expected of own.losses) {
      const { loss } = await trainer.step(batch);
      expect(Math.abs(loss - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    }
    for (const { ref } of trainer.weights) {
      const expected = own.after[ref.id === "kernel" ? 0 : 1];
      trainer.valuesOf(ref).forEach((value, index) => {
        const wanted = expected[index] ?? Number.NaN;
        expect(Math.abs(value - wanted)).toBeLessThan(1e-5 * Math.max(0.1, Math.abs(wanted)));
      });
    }
    trainer.dispose();
  });
});

describe("the way of a loss", () => {
  it("takes targets of hinges as they are up to Keras 2.2", () => {
    const hinges = ["1.2.2", "2.2.4", "2.3.1", "2.15.0", "3.0.0"].map(
      (version) => lossWayOf("hinge", USUAL_SETTINGS, { version, last: undefined }).hinges,
    );
    expect(new Set(hinges.slice(0, 2))).toEqual(new Set(["as-they-are"]));
    expect(new Set(hinges.slice(2))).toEqual(new Set(["from-0-and-1"]));
  });

  it("has the mean of a cosine up to Keras 2.0.8", () => {
    const ways = ["1.2.2", "2.0.8", "2.0.9", "2.2.4"].map(
      (version) =>
        lossWayOf("cosine_proximity", USUAL_SETTINGS, { version, last: undefined }).cosine,
    );
    expect(ways).toEqual(["mean", "mean", "sum", "sum"]);
  });
});

describe("a loss is refused", () => {
  it.each([
    [
      "circle",
      {},
      'The loss "circle" compares the samples of a batch with each other, and cannot be trained with here.',
    ],
    [
      "ctc",
      {},
      'The loss "ctc" aligns sequences of labels with sequences of outputs, and cannot be trained with here.',
    ],
    ["my_loss", {}, 'The loss "my_loss" is not known, so it cannot be trained with.'],
    ["", {}, "The loss of the model is a function of its own, which a file does not hold."],
    ["mse", { reduction: "none" }, 'The loss "mse" has the reduction "none"'],
  ] as const)("where it is %j with %j", (name, settings, text) => {
    expect(() => checkLoss(name, { ...USUAL_SETTINGS, ...settings })).toThrow(text);
  });
});

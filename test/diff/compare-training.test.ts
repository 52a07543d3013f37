import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareTraining } from "../../src/diff/compare-training.ts";
import { kerasSide } from "../../src/diff/keras-side.ts";
import type { DiffSide } from "../../src/diff/side.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import type { Json } from "../../src/json.ts";
import { parseTraining } from "../../src/sources/keras/training.ts";
import { FIXTURES } from "../cases.ts";

const path = "generations/k3151/model.keras";
const { side } = kerasSide(bytesSource(readFileSync(join(FIXTURES, path)), path), {});

function compiled(loss: Json, weights: Json = null): DiffSide {
  const training = parseTraining({ optimizer: "sgd", loss, loss_weights: weights }, ["a"]);
  return { ...side, ...(training === undefined ? {} : { training }) };
}

const huber = (config: { readonly [key: string]: Json }): Json => ({ class_name: "Huber", config });

describe("how models were compiled", () => {
  it("differs by the settings of a loss", () => {
    expect(compareTraining(compiled(huber({ delta: 0.3 })), compiled("huber"))).toEqual([
      { what: "settings of the loss", a: [{ delta: 0.3 }], b: [] },
    ]);
  });

  it("is the same where one file writes defaults down", () => {
    const stated = { delta: 1, reduction: "sum_over_batch_size", name: "huber_loss" };
    expect(compareTraining(compiled(huber(stated)), compiled("huber"))).toEqual([]);
  });

  it("differs by the weights of losses", () => {
    expect(compareTraining(compiled("mse", 2), compiled("mse"))).toEqual([
      { what: "weights of the losses", a: [2], b: [] },
    ]);
  });
});

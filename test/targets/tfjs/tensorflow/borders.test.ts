import { describe, expect, it } from "vitest";
import { bordersOf } from "../../../../src/targets/tfjs/tensorflow/borders.ts";
import type { Source } from "../../../../src/targets/tfjs/tensorflow/recorder.ts";

/** 16 MB. */
function large(): Source {
  return { kind: "result", shape: [4096, 1024], type: 1 };
}

/** Operations that read the result of the one before. */
function chain(...ops: readonly string[]) {
  let before: Source = { kind: "given", shape: [1], type: 1 };
  return ops.map((op) => {
    const inputs = [before];
    before = large();
    return { op, inputs, results: [before], attributes: {} };
  });
}

const TEN = Array.from({ length: 10 }, () => "Neg");

describe("borders of pieces", () => {
  it("come where more than the given bytes have been made", () => {
    expect(bordersOf(chain(...TEN))).toEqual([3, 6, 9]);
  });

  it("do not come between a convolution and what it takes along, which makes nothing anew", () => {
    const operations = chain("Neg", "Neg", "Conv2D", "BiasAdd", "Relu", "Neg", "Neg", "Neg");
    expect(bordersOf(operations)).toEqual([5]);
  });

  it("come behind what somebody else reads too", () => {
    const operations = chain("Neg", "Neg", "Conv2D", "BiasAdd", "Relu", "Neg");
    const sum = operations[3]?.results[0] ?? large();
    const reader = { op: "Neg", inputs: [sum], results: [large()], attributes: {} };
    expect(bordersOf([...operations, reader])).toEqual([4]);
  });
});

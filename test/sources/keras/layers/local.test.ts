import { describe, expect, it } from "vitest";
import { readFloat64 } from "../../../../src/ir/tensor.ts";
import { type Given, lower } from "./lowering.ts";

/** Kernel over 3 elements of 1 channel with windows of 2: two places, two connections each. */
function kernelOf(implementation: number, kernel: readonly number[], filters: number) {
  const given: Given = {
    layer: "LocallyConnected1D",
    config: { filters, kernel_size: 2, implementation, use_bias: false },
    inputs: [[null, 3, 1]],
    weights: { kernel },
    dialect: { generation: "tf" },
  };
  const [op] = lower(given).ops;
  return op?.kind === "locallyConnected" ? [...readFloat64(op.weights.kernel)] : undefined;
}

describe("LocallyConnected1D", () => {
  it("reads the plain form as it is: place, connection, filter", () => {
    expect(kernelOf(1, [1, 2, 3, 4], 1)).toEqual([1, 2, 3, 4]);
  });

  it("picks the connections out of the dense form (input, place)", () => {
    expect(kernelOf(2, [1, 9, 2, 3, 9, 4], 1)).toEqual([1, 2, 3, 4]);
  });

  it("reads the sparse form, which lists place, filter, connection", () => {
    expect(kernelOf(3, [1, 2, 10, 20, 3, 4, 30, 40], 2)).toEqual([1, 10, 2, 20, 3, 30, 4, 40]);
  });
});

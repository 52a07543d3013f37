import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import { costOf } from "../../src/report/cost.ts";
import { memorySize } from "../../src/report/readable.ts";
import { summariseKeras } from "../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../cases.ts";

function costs(path: string) {
  const source = openFile(join(FIXTURES, path));
  const { summary, graph } = summariseKeras(source);
  if (graph === undefined) throw new Error("no graph");
  const cost = costOf(summary, graph);
  source.close();
  return cost;
}

describe("the cost of a model", () => {
  it("is that of MobileNet's paper: twice its multiplications, and some for the rest", () => {
    // 41 million multiplications with additions at alpha 0.25 and 224 × 224, of which 1000 classes take 0.26.
    const { flops = 0 } = costs("snacks/snacks_mobilenet025/model.hdf5");
    expect(flops / 2e6).toBeGreaterThan(40);
    expect(flops / 2e6).toBeLessThan(46);
  });

  it("counts a matrix product, its bias, and an activation", () => {
    const head = costs("generations/k224/model.hdf5").layers.find(({ path }) => path === "head");
    expect(head).toEqual({ path: "head", flops: 4 * (2 * 384 + 1), activations: 16 });
  });

  it("counts every step of a recurrent layer, in both directions", () => {
    const [layer] = costs("micro/bilstm_concat/model.hdf5").layers.slice(1);
    // Six steps, two directions, kernels of 3 × 16 and 4 × 16.
    expect(layer?.flops).toBe(6 * 2 * 2 * (3 * 16 + 4 * 16));
  });

  it("is unknown where a size is free", () => {
    expect(costs("layers/k3_any_size/model.keras").flops).toBeUndefined();
  });
});

describe("sizes in memory", () => {
  it.each([
    [0, "0.00 B"],
    [1023, "1023.00 B"],
    [1024, "1.00 KB"],
    // Python rounds halves to even.
    [128, "128.00 B"],
    [1024 * 1.125, "1.12 KB"],
    [1024 * 1.375, "1.38 KB"],
    [12997456, "12.40 MB"],
    [2 ** 60, "1024.00 PB"],
  ])("%d is %s", (bytes, text) => {
    expect(memorySize(bytes, "B")).toBe(text);
  });
});

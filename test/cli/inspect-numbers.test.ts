import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NO_NUMBERS, statisticsWithin } from "../../src/cli/inspect-numbers.ts";
import { openHdf5 } from "../../src/formats/hdf5/index.ts";
import { listHdf5 } from "../../src/formats/hdf5/tree.ts";
import { openFile } from "../../src/io/node.ts";
import { FIXTURES } from "../cases.ts";

describe("statistics of the arrays of a file", () => {
  it("are not read of one that claims more than the file can hold", () => {
    const source = openFile(join(FIXTURES, "generations/k224/model.hdf5"));
    const entries = listHdf5(openHdf5(source).root);
    const kernel = entries.find(({ path }) => path === "/model_weights/head/head/kernel:0");
    const bias = entries.find(({ path }) => path === "/model_weights/head/head/bias:0");
    if (kernel === undefined || bias === undefined) throw new Error("no such array");
    // One byte stands for at most 1032 numbers; the kernel has 1536.
    const read = statisticsWithin(1);
    expect(read(kernel)).toBe(NO_NUMBERS);
    const first = read(bias);
    expect(first.max).toBeCloseTo(0.21197, 5);
    // The same array again costs nothing.
    expect(read(bias)).toBe(first);
    source.close();
  });
});

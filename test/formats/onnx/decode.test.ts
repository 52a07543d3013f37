import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { toBytes } from "../../../src/formats/coreml/carriers.ts";
import { readOnnx } from "../../../src/formats/onnx/decode.ts";
import { encodeOnnx } from "../../../src/formats/onnx/encode.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { writeOnnx } from "../../../src/targets/onnx/index.ts";
import { FIXTURES } from "../../cases.ts";

const SOURCE = readFileSync(join(FIXTURES, "generations/k224/model.hdf5"));
const { graph } = readKeras(bytesSource(SOURCE));
const WRITTEN = writeOnnx(graph, { userDefined: { key: "value" } });
const BYTES = collectBytes(WRITTEN.file);

function errorOf(bytes: Uint8Array): KcError | undefined {
  try {
    readOnnx(bytesSource(bytes, "model.onnx"));
    return undefined;
  } catch (error) {
    if (error instanceof KcError) return error;
    throw error;
  }
}

describe("an ONNX model", () => {
  it("is read as it was written", () => {
    const read = readOnnx(bytesSource(BYTES));
    const nodes = (model: typeof read) =>
      model.graph?.node?.map(({ opType, input, output }) => [opType, input, output]);
    expect(nodes(read)).toEqual(nodes(WRITTEN.model));
    expect(read.metadataProps).toEqual([{ key: "key", value: "value" }]);
    const numbers = (model: typeof read) =>
      model.graph?.initializer?.map(({ name, dims, rawData }) => [
        name,
        dims ?? [],
        toBytes(rawData),
      ]);
    expect(numbers(read)).toEqual(numbers(WRITTEN.model));
  });

  it("is the same file when it is written again", () => {
    expect(collectBytes(encodeOnnx(readOnnx(bytesSource(BYTES))))).toEqual(BYTES);
  });

  it("keeps numbers beyond what is exact, rounded", () => {
    const far = Uint8Array.of(0x08, ...new Array<number>(8).fill(0xff), 0x7f, 0x3a, 0x00);
    expect(readOnnx(bytesSource(far)).irVersion).toBe(2 ** 63);
  });

  it("leaves out fields that came later", () => {
    const later = Uint8Array.of(0x08, 0x07, 0x3a, 0x00, 0xca, 0x3e, 0x01, 0x05);
    expect(readOnnx(bytesSource(later))).toEqual({ irVersion: 7, graph: {} });
  });

  it.each([
    ["empty", new Uint8Array(0), "bad-format"],
    ["without a graph", Uint8Array.of(0x08, 0x07), "bad-format"],
    ["cut off", BYTES.subarray(0, BYTES.length - 9), "corrupt-file"],
  ])("that is %s is refused", (_, bytes, code) => {
    expect(errorOf(bytes)?.code).toBe(code);
  });

  it("with any bit turned is read or refused, never anything else", () => {
    const codes = new Set<string>();
    for (let place = 0; place < BYTES.length; place += 7) {
      const damaged = Uint8Array.from(BYTES);
      damaged[place] = (damaged[place] ?? 0) ^ (1 << (place % 8));
      codes.add(errorOf(damaged)?.code ?? "read");
    }
    const known = ["read", "bad-format", "corrupt-file", "limit", "unsupported"];
    expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
    expect(codes).toContain("corrupt-file");
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FloatValues, WeightBytes } from "../../../src/formats/coreml/carriers.ts";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../../src/formats/coreml/encode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import { listCases } from "../../cases.ts";

function collect(chunks: Iterable<Uint8Array>): Buffer {
  const parts: Buffer[] = [];
  for (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

/** coremltools 4.1 writes two user-defined entries in the order of a hash; ours are sorted. */
const UNSORTED = new Set(["generations/k231"]);

describe("files of coremltools", () => {
  const cases = ["micro", "generations", "snacks"]
    .flatMap(listCases)
    .filter(({ json }) => json.convert?.golden !== undefined);

  test("there are plenty of them", () => {
    expect(cases.length).toBeGreaterThan(220);
  });

  test.each(cases.map((one) => [one.id, one] as const))(
    "%s: decoded and encoded is the same file",
    (_, one) => {
      const golden = readFileSync(join(one.folder, one.json.convert?.golden ?? ""));
      const encoded = encodeModel(decodeModel(golden));
      const bytes = collect(encoded.chunks());
      expect(encoded.byteLength).toBe(golden.length);
      if (UNSORTED.has(one.id)) expect(decodeModel(bytes)).toEqual(decodeModel(golden));
      else expect(bytes.equals(golden)).toBe(true);
    },
  );
});

/** A one-layer model whose weights are streamed. */
function modelOf(floatValue: FloatValues): Model {
  return {
    specificationVersion: 4,
    description: {},
    neuralNetwork: { layers: [{ loadConstantND: { data: { floatValue } } }] },
  };
}

describe("streaming", () => {
  test("sizes are known before any weight is read", () => {
    let reads = 0;
    const weights: WeightBytes = {
      byteLength: 400_000_000,
      chunks() {
        reads += 1;
        return [];
      },
    };
    expect(encodeModel(modelOf(weights)).byteLength).toBe(400_000_036);
    expect(reads).toBe(0);
  });

  test("streamed weights and plain numbers give the same bytes", () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => index / 4);
    const floats = Float32Array.from(numbers);
    const bytes = new Uint8Array(floats.buffer);
    const stream = { byteLength: 20_000, chunks: () => [bytes.subarray(0, 7), bytes.subarray(7)] };
    const [plain, array, streamed] = [numbers, floats, stream].map((values) =>
      collect(encodeModel(modelOf(values)).chunks()).toString("hex"),
    );
    expect(array).toBe(plain);
    expect(streamed).toBe(plain);
  });

  test("a model can be written again", () => {
    const encoded = encodeModel(modelOf([1, 2, 3]));
    expect(collect(encoded.chunks()).equals(collect(encoded.chunks()))).toBe(true);
  });

  test("weights that do not keep their word are a fault", () => {
    const one = new Uint8Array(4);
    const short = encodeModel(modelOf({ byteLength: 8, chunks: () => [one] }));
    expect(() => collect(short.chunks())).toThrow("A weight announced 8 bytes but gave only 4.");
    const long = encodeModel(modelOf({ byteLength: 4, chunks: () => [one, one] }));
    expect(() => collect(long.chunks())).toThrow("A weight announced 4 bytes but gave more.");
  });

  test("more than 2 GB is refused before anything is written", () => {
    const weights = { byteLength: 2 ** 31, chunks: () => [] };
    expect(() => encodeModel(modelOf(weights))).toThrow(
      "The Core ML model would take 2147483684 bytes; a file of this format holds at most 2147483647.\n  Half precision weights (--model-precision float16) take half the space.",
    );
  });
});

describe("the bytes themselves", () => {
  const hexOf = (model: Model) => collect(encodeModel(model).chunks()).toString("hex");

  test("fields go out in number order, defaults not at all, oneof members always", () => {
    const model: Model = {
      neuralNetwork: { layers: [{ activation: { ReLU: {} }, name: "r", isUpdatable: false }] },
      isUpdatable: false,
      specificationVersion: 1,
    };
    // 08 01 | a2 1f (500) 0a { 0a 08 { 0a 01 r | 92 08 (130) 02 { 52 00 (10) } } }
    expect(hexOf(model)).toBe("0801a21f0a0a080a01729208025200");
  });

  test("maps are sorted by key, and empty values are written", () => {
    const sorted = new Map([
      ["a", ""],
      ["b", "2"],
    ]);
    const userDefined = new Map([...sorted].reverse());
    const modelWith = (map: ReadonlyMap<string, string>): Model => ({
      description: { metadata: { userDefined: map } },
    });
    expect(hexOf(modelWith(userDefined))).toBe(hexOf(modelWith(sorted)));
    // 12 (2) { a2 06 (100) { a2 06 (100) { 0a 01 a | 12 00 } a2 06 { 0a 01 b | 12 01 2 } } }
    expect(hexOf(modelWith(sorted))).toBe("1214a20611a206050a01611200a206060a0162120132");
  });

  test("negative integers take ten bytes, minus zero is written", () => {
    const reshape: Model = {
      neuralNetwork: { layers: [{ reshapeStatic: { targetShape: [-1] } }] },
    };
    expect(hexOf(reshape)).toContain("0a0affffffffffffffffff01");
    const add: Model = { neuralNetwork: { layers: [{ add: { alpha: -0 } }] } };
    expect(hexOf(add)).toContain("0d00000080");
  });
});

test.each<readonly [Model, string]>([
  [
    { specificationVersion: 1.5 },
    "Model.specificationVersion should be an integer of type int32, but is 1.5.",
  ],
  [
    { description: { input: [{ type: { multiArrayType: { shape: [2 ** 53] } } }] } },
    "Model.description.input[0].type.multiArrayType.shape should be an integer of type int64, but is 9007199254740992.",
  ],
  [
    { neuralNetwork: { layers: [{ split: { nOutputs: -1 } }] } },
    "Model.neuralNetwork.layers[0].split.nOutputs should be an integer of type uint64, but is -1.",
  ],
])("values that no field can hold are a fault of the caller (%#)", (model, text) => {
  expect(() => encodeModel(model)).toThrow(text);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { isFolder } from "../../../src/formats/bytes.ts";
import { type CoreMLFile, openCoreML } from "../../../src/formats/coreml/open.ts";
import { createTensorReader, labelsIn } from "../../../src/formats/coreml/program-value.ts";
import type {
  MILSpecDataType,
  MILSpecTensorValue,
  MILSpecValue,
} from "../../../src/formats/coreml/types.gen.ts";
import { openPath } from "../../../src/io/node.ts";
import { readFloat64 } from "../../../src/ir/tensor.ts";
import { FIXTURES } from "../../cases.ts";

interface Expected {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly weighted: number;
  readonly last: readonly number[];
}

const EXAMPLES = join(FIXTURES, "mlpackage/examples");
const expected: Readonly<Record<string, { weights: Readonly<Record<string, Expected>> }>> =
  JSON.parse(readFileSync(join(EXAMPLES, "expected.json"), "utf8"));

const noFile = () => {
  throw new Error("there is no weight file");
};

function example(name: string): CoreMLFile {
  const folder = openPath(join(EXAMPLES, name));
  if (!isFolder(folder)) throw new Error("is no folder");
  return openCoreML(folder);
}

/** The value of each `const` operation that has one of the expected names. */
function constants({ model }: CoreMLFile): ReadonlyMap<string, MILSpecValue> {
  const main = model.mlProgram?.functions?.get("main");
  const block = main?.blockSpecializations?.get(main.opset ?? "");
  return new Map(
    (block?.operations ?? []).flatMap(({ type, outputs, attributes }) => {
      const value = attributes?.get("val");
      return type === "const" && value ? [[outputs?.[0]?.name ?? "", value] as const] : [];
    }),
  );
}

function literal(
  dataType: MILSpecDataType,
  sizes: readonly number[],
  tensor: MILSpecTensorValue,
): MILSpecValue {
  const dimensions = sizes.map((size) => ({ constant: { size } }));
  return {
    type: { tensorType: { dataType, rank: sizes.length, dimensions } },
    immediateValue: { tensor },
  };
}

function read(value: MILSpecValue): readonly number[] {
  const { weight } = createTensorReader(noFile)(value, "x", {});
  const all = readFloat64(weight);
  // Any part must be the same as that part of all.
  for (let start = 0; start < all.length; start++) {
    const part = new Float64Array(Math.min(3, all.length - start));
    weight.readInto(part, start);
    expect([...part]).toEqual([...all.slice(start, start + 3)]);
  }
  return [...all];
}

function messageOf(value: MILSpecValue): string {
  try {
    read(value);
  } catch (error) {
    if (error instanceof KcError) return `${error.code} ${error.message.split("\n")[0]}`;
    throw error;
  }
  return "read";
}

describe("arrays of a weight file", () => {
  it.each(["cnn-fp32.mlpackage", "cnn-fp16.mlpackage"])(
    "of %s have the numbers that coremltools reads",
    (name) => {
      const file = example(name);
      const reader = createTensorReader(file.blobs);
      const values = constants(file);
      for (const [id, want] of Object.entries(expected[name]?.weights ?? {})) {
        const { shape, weight } = reader(values.get(id) ?? {}, id, {});
        const numbers = readFloat64(weight);
        expect(shape, id).toEqual(want.shape);
        expect(
          numbers.reduce((sum, value) => sum + value, 0),
          id,
        ).toBeCloseTo(want.sum, 9);
        expect(
          numbers.reduce((sum, value, at) => sum + value * at, 0),
          id,
        ).toBeCloseTo(want.weighted, 7);
        expect([...numbers.slice(-3)], id).toEqual(want.last);
      }
    },
  );
});

describe("literals", () => {
  it.each([
    ["FLOAT32", [2], { floats: { values: Float32Array.of(1.5, -2) } }, [1.5, -2]],
    ["FLOAT64", [2], { doubles: { values: [0.1, -2] } }, [0.1, -2]],
    ["FLOAT16", [2], { bytes: { values: Uint8Array.of(0, 0x3e, 0, 0xc0) } }, [1.5, -2]],
    ["BFLOAT16", [2], { bytes: { values: Uint8Array.of(0xc0, 0x3f, 0, 0xc0) } }, [1.5, -2]],
    [
      "FLOAT8E4M3FN",
      [3],
      { bytes: { values: Uint8Array.of(0x3c, 0xfe, 1) } },
      [1.5, -448, 2 ** -9],
    ],
    [
      "FLOAT8E5M2",
      [3],
      { bytes: { values: Uint8Array.of(0x3e, 0xfb, 1) } },
      [1.5, -57344, 2 ** -16],
    ],
    ["BOOL", [2], { bools: { values: [true, false] } }, [1, 0]],
    ["INT32", [2], { ints: { values: [7, -7] } }, [7, -7]],
    ["INT16", [2], { ints: { values: [7, -7] } }, [7, -7]],
    ["INT64", [], { longInts: { values: [2 ** 40] } }, [2 ** 40]],
    ["UINT32", [1], { bytes: { values: Uint8Array.of(0, 0, 0, 128) } }, [2 ** 31]],
    ["INT8", [2], { bytes: { values: Uint8Array.of(127, 128) } }, [127, -128]],
    ["UINT8", [2], { bytes: { values: Uint8Array.of(127, 128) } }, [127, 128]],
    ["INT4", [3], { bytes: { values: Uint8Array.of(0x87, 0x0f) } }, [7, -8, -1]],
    ["UINT4", [3], { bytes: { values: Uint8Array.of(0x87, 0x0f) } }, [7, 8, 15]],
    [
      "UINT1",
      [10],
      { bytes: { values: Uint8Array.of(0b00000101, 0b10) } },
      [1, 0, 1, 0, 0, 0, 0, 0, 0, 1],
    ],
    ["UINT2", [4], { bytes: { values: Uint8Array.of(0b11100100) } }, [0, 1, 2, 3]],
    [
      "UINT3",
      [8],
      { bytes: { values: Uint8Array.of(0x88, 0xc6, 0xfa) } },
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    ["UINT6", [4], { bytes: { values: Uint8Array.of(0x41, 0x3c, 0xc1) } }, [1, 49, 19, 48]],
    ["INT32", [0, 3], { ints: {} }, []],
  ] as const)("of %s with shape %j are read", (type, shape, tensor, numbers) => {
    expect(read(literal(type, shape, tensor))).toEqual(numbers);
  });

  it.each([
    [
      "bad-weights Numbers of type FLOAT16 stand in floats, expected bytes.",
      literal("FLOAT16", [1], { floats: { values: [1] } }),
    ],
    [
      "bad-weights A value of type STRING is no number.",
      literal("STRING", [1], { strings: { values: ["a"] } }),
    ],
    [
      "bad-weights 2 numbers, but [3] takes 3.",
      literal("INT32", [3], { ints: { values: [1, 2] } }),
    ],
    [
      "bad-weights 2 numbers, but [1000000000, 1000000000] takes 1000000000000000000.",
      literal("INT32", [1e9, 1e9], { ints: { values: [1, 2] } }),
    ],
    [
      "bad-weights 2 numbers, but [2, 2] takes 4.",
      literal("UINT3", [2, 2], { bytes: { values: Uint8Array.of(1) } }),
    ],
    ["bad-weights A tensor is expected, but it is none.", { type: { listType: {} } }],
    [
      "bad-weights The shape of a constant is not fixed.",
      { type: { tensorType: { dimensions: [{ unknown: {} }] } } },
    ],
  ])("are refused: %s", (message, value) => {
    expect(messageOf(value)).toBe(message);
  });

  it("hold labels, also an empty one", () => {
    const text = (value: string): MILSpecValue => ({
      immediateValue: { tensor: { strings: value === "" ? {} : { values: [value] } } },
    });
    const list = { immediateValue: { list: { values: [text("cat"), text("")] } } };
    expect(labelsIn(list)).toEqual(["cat", ""]);
    const whole = { immediateValue: { tensor: { longInts: { values: [3, 4] } } } };
    expect(labelsIn({ immediateValue: { list: { values: [whole] } } })).toEqual([3]);
    expect(labelsIn(whole)).toEqual([3, 4]);
  });
});

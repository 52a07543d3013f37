import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Writer } from "protobufjs/minimal.js";
import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { isCarrier } from "../../../src/formats/coreml/carriers.ts";
import { decodeModel, readModel } from "../../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../../src/formats/coreml/encode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import { openCase } from "../../cases.ts";

const MODEL: Model = {
  specificationVersion: 1,
  description: { input: [{ name: "x" }] },
  neuralNetwork: { layers: [{ name: "one", softmax: {} }] },
};
const golden = readFileSync(join(openCase("micro/lstm").folder, "golden.mlmodel"));

function bytesOf(model: Model): Uint8Array {
  const parts: Buffer[] = [];
  for (const chunk of encodeModel(model).chunks()) parts.push(Buffer.from(chunk));
  return Uint8Array.from(Buffer.concat(parts));
}

/** The smallest sound model, then whatever `write` adds to it. */
function modelWith(write: (writer: Writer) => void): Uint8Array {
  const writer = Writer.create();
  write(writer);
  return Uint8Array.from([...bytesOf(MODEL), ...writer.finish()]);
}

function errorOf(bytes: Uint8Array): string {
  try {
    decodeModel(bytes, { file: "a.mlmodel" });
    return "";
  } catch (error) {
    return error instanceof KcError ? `${error.code} ${error.message}` : `foreign ${error}`;
  }
}

describe("what a decoded model looks like", () => {
  test("defaults are absent, enums are names, maps are Maps, floats a Float32Array", () => {
    const model: Model = {
      specificationVersion: 4,
      description: {
        metadata: {
          userDefined: new Map([
            ["b", "2"],
            ["a", ""],
          ]),
        },
      },
      neuralNetwork: {
        arrayInputShapeMapping: "EXACT_ARRAY_MAPPING",
        layers: [
          { name: "one", activation: { linear: { alpha: 0, beta: 2 } }, isUpdatable: false },
          { loadConstantND: { shape: [2], data: { floatValue: [1, 0.5] } } },
          { reshapeStatic: { targetShape: [-1, 3] } },
        ],
      },
    };
    expect(decodeModel(bytesOf(model))).toEqual({
      specificationVersion: 4,
      description: {
        metadata: {
          userDefined: new Map([
            ["a", ""],
            ["b", "2"],
          ]),
        },
      },
      neuralNetwork: {
        arrayInputShapeMapping: "EXACT_ARRAY_MAPPING",
        layers: [
          { name: "one", activation: { linear: { beta: 2 } } },
          { loadConstantND: { shape: [2], data: { floatValue: Float32Array.of(1, 0.5) } } },
          { reshapeStatic: { targetShape: [-1, 3] } },
        ],
      },
    });
  });

  test("unpacked and divided float fields are joined", () => {
    const bytes = modelWith((writer) => {
      // neuralNetwork (500) . layers (1) . loadConstantND (1070) . data (2)
      writer.uint32((500 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).fork();
      writer.uint32((1070 << 3) | 2).fork();
      writer.uint32((2 << 3) | 2).fork();
      writer.uint32((1 << 3) | 5).float(1);
      writer
        .uint32((1 << 3) | 2)
        .fork()
        .float(2)
        .float(3)
        .ldelim();
      writer.uint32((1 << 3) | 5).float(4);
      writer.ldelim().ldelim().ldelim().ldelim();
    });
    const [layer] = decodeModel(bytes).neuralNetwork?.layers ?? [];
    expect(layer?.loadConstantND?.data?.floatValue).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test("of a oneof, the last member stays", () => {
    const bytes = modelWith((writer) =>
      writer
        .uint32((900 << 3) | 2)
        .fork()
        .ldelim(),
    );
    expect(Object.keys(decodeModel(bytes)).sort()).toEqual([
      "description",
      "identity",
      "specificationVersion",
    ]);
  });
});

describe("files that are refused", () => {
  const HINT = "\n  The file is truncated or damaged; fetch it again.";

  test.each([
    [new Uint8Array(0), "bad-format a.mlmodel: The file is empty, expected a Core ML model."],
    [
      Uint8Array.from(Buffer.from("\x89HDF\r\n\x1a\n")),
      "bad-format a.mlmodel: This is not a Core ML model: it does not begin with a specification version.\n  Expected is the .mlmodel file itself, or Data/…/model.mlmodel of a .mlpackage.",
    ],
    [Uint8Array.of(8, 1), `corrupt-file a.mlmodel: The Core ML file has no description.${HINT}`],
    [Uint8Array.of(8, 1, 18, 0), `corrupt-file a.mlmodel: The Core ML file holds no model.${HINT}`],
    [
      Uint8Array.of(8, 0),
      `corrupt-file a.mlmodel: The Core ML file names no specification version.${HINT}`,
    ],
    [
      Uint8Array.of(8, 1, 18, 5, 10),
      `corrupt-file a.mlmodel, description: This part of the Core ML model runs past its end.${HINT}`,
    ],
    [
      Uint8Array.of(8, 1, 18, 2, 10, 9),
      `corrupt-file a.mlmodel, description.input: This part of the Core ML model runs past its end.${HINT}`,
    ],
    [
      Uint8Array.of(8, 1, 18, 4, 10, 2, 8, 1),
      `corrupt-file a.mlmodel, description.input[0].name: This part of the Core ML model has wire type 0, expected 2.${HINT}`,
    ],
    [
      Uint8Array.of(8, 1, 3),
      `corrupt-file a.mlmodel: This part of the Core ML model has field 0 of wire type 3.${HINT}`,
    ],
  ])("%#: %s", (bytes, text) => {
    expect(errorOf(bytes)).toBe(text);
  });

  test("a field that the format does not have", () => {
    const bytes = modelWith((writer) => writer.uint32((999 << 3) | 0).uint32(1));
    expect(errorOf(bytes)).toBe(
      "unsupported a.mlmodel: Model has field 999, which the Core ML format did not have up to specification 10.\n  The file is damaged, or of a later format.",
    );
  });

  test("an enum value that the format does not have", () => {
    const bytes = modelWith((writer) =>
      writer
        .uint32((500 << 3) | 2)
        .fork()
        .uint32((5 << 3) | 0)
        .int32(77)
        .ldelim(),
    );
    expect(errorOf(bytes)).toBe(
      "unsupported a.mlmodel, neuralNetwork.arrayInputShapeMapping: This setting of the Core ML model has the unknown value 77.\n  The file is damaged, or of a later format.",
    );
  });

  test("floats that are no whole number of floats", () => {
    const bytes = modelWith((writer) => {
      writer.uint32((500 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).fork();
      writer.uint32((1070 << 3) | 2).fork();
      writer.uint32((2 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).bytes(Uint8Array.of(1, 2, 3));
      writer.ldelim().ldelim().ldelim().ldelim();
    });
    expect(errorOf(bytes)).toBe(
      `corrupt-file a.mlmodel, neuralNetwork.layers[0].loadConstantND.data.floatValue: This part of the Core ML model has 3 bytes, which are no whole float32 numbers.${HINT}`,
    );
  });

  test("an integer beyond 2^53", () => {
    const bytes = modelWith((writer) => {
      writer.uint32((403 << 3) | 2).fork();
      writer.uint32((101 << 3) | 2).fork();
      writer.uint32((1 << 3) | 0).uint64("9007199254740993");
      writer.ldelim().ldelim();
    });
    expect(errorOf(bytes)).toBe(
      "limit a.mlmodel, neuralNetworkClassifier.int64ClassLabels.vector: This integer of the Core ML model is beyond what can be kept exactly.",
    );
  });

  test("nesting without end", () => {
    // pipeline (202) . models (1) . pipeline …, from the inside out.
    let bytes = new Uint8Array(0);
    for (let depth = 0; depth < 60; depth++) {
      const inner = Writer.create()
        .uint32((1 << 3) | 2)
        .bytes(bytes)
        .finish();
      bytes = Uint8Array.from(
        Writer.create()
          .uint32((202 << 3) | 2)
          .bytes(inner)
          .finish(),
      );
    }
    const whole = Uint8Array.from([8, 1, 18, 0, ...bytes]);
    expect(errorOf(whole)).toContain("The Core ML model is nested more than 100 levels deep.");
  });

  test("millions of empty parts", () => {
    const empty = Buffer.alloc(2 * 2_000_001, Uint8Array.of(10, 0));
    const writer = Writer.create()
      .uint32((500 << 3) | 2)
      .bytes(empty);
    const bytes = Uint8Array.from(Buffer.concat([bytesOf(MODEL), writer.finish()]));
    expect(errorOf(bytes)).toContain("limit a.mlmodel");
    expect(errorOf(bytes)).toContain("The Core ML model has more than 2000000 parts.");
  });
});

test("a file cut anywhere is refused, or still a whole model", () => {
  for (let length = 0; length < golden.length; length++) {
    const text = errorOf(golden.subarray(0, length));
    expect(text).toMatch(/^(bad-format|corrupt-file) /);
  }
});

test("2000 files with some bytes changed are read or refused", () => {
  let seed = 1;
  const random = (limit: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % limit;
  };
  const outcomes = new Set<string>();
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from(golden);
    for (let change = 0; change <= round % 4; change++) bytes[random(bytes.length)] = random(256);
    outcomes.add(errorOf(bytes).split(" ")[0] ?? "");
  }
  expect([...outcomes].sort()).toEqual(["", "bad-format", "corrupt-file", "unsupported"]);
});

describe("a model that stays in its file", () => {
  test("is the same as one in memory", () => {
    const { folder } = openCase("snacks/snacks_mobilenet025");
    const bytes = new Uint8Array(readFileSync(join(folder, "golden.mlmodel")));
    const model = readModel(bytesSource(bytes));
    const weights = model.neuralNetworkClassifier?.layers?.map(
      ({ convolution }) => convolution?.weights?.floatValue,
    );
    expect(weights?.some(isCarrier)).toBe(true);
    expect(Buffer.compare(collectBytes(encodeModel(model)), bytes)).toBe(0);
  });

  test("tells of fields and settings of later formats, and leaves them out", () => {
    const bytes = modelWith((writer) => {
      writer.uint32((999 << 3) | 2).string("later");
      // neuralNetwork.arrayInputShapeMapping
      writer
        .uint32((500 << 3) | 2)
        .fork()
        .uint32(5 << 3)
        .uint32(77)
        .ldelim();
    });
    const unknown: string[] = [];
    const model = readModel(bytesSource(bytes), { onUnknown: (path) => unknown.push(path) });
    expect(unknown).toEqual(["#999", "neuralNetwork.arrayInputShapeMapping = 77"]);
    expect(model.neuralNetwork).toEqual({});
    expect(() => readModel(bytesSource(bytes))).toThrow("field 999");
  });
});

import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { encodeOnnx } from "../../src/formats/onnx/encode.ts";
import type { NodeProto, TensorProto } from "../../src/formats/onnx/types.gen.ts";
import { scanFile } from "../../src/scan/scan.ts";
import { random } from "../mutations.ts";

const bytesOf = (tensor: TensorProto, node: NodeProto = { opType: "Relu" }): Uint8Array =>
  collectBytes(
    encodeOnnx({
      irVersion: 8,
      graph: {
        initializer: [{ name: "w", dims: [2], dataType: 1, ...tensor }],
        node: [{ input: ["w"], output: ["y"], ...node }],
      },
    }),
  );

const found = (bytes: Uint8Array): readonly string[] =>
  scanFile(bytesSource(bytes, "m.onnx")).map(({ rule, at }) => `${rule} ${at.path ?? ""}`.trim());

const floats = (...numbers: readonly number[]) => ({ floatData: Float32Array.from(numbers) });

const elsewhere = (location: string): TensorProto => ({
  dataLocation: "EXTERNAL",
  externalData: [{ key: "location", value: location }],
});

describe("the scan of an ONNX model", () => {
  it("has nothing to say about a sound one", () => {
    expect(found(bytesOf(floats(1, 2)))).toEqual([]);
  });

  it.each<[string, TensorProto, string]>([
    ["numbers that are none", floats(Number.NaN, 1), "weights/not-finite w"],
    ["more numbers claimed than there are", { dims: [2 ** 40], ...floats(1) }, "onnx/damaged w"],
    ["a path that climbs", elsewhere("../secret"), "onnx/unsafe-path w"],
    ["an absolute path", elsewhere("/etc/passwd"), "onnx/unsafe-path w"],
    ["a file that is not there", elsewhere("w.bin"), "weights/mismatch w"],
  ])("finds %s", (_, tensor, rule) => {
    expect(found(bytesOf(tensor))).toEqual([rule]);
  });

  it("warns of operators of other domains, not of those of onnxruntime", () => {
    expect(found(bytesOf(floats(1, 2), { opType: "Run", domain: "evil" }))).toEqual([
      "code/custom-domain y",
    ]);
    expect(found(bytesOf(floats(1, 2), { opType: "Gelu", domain: "com.microsoft" }))).toEqual([]);
  });

  it("survives any damage", () => {
    const whole = bytesOf(floats(1, 2));
    const next = random(7);
    for (let round = 0; round < 300; round++) {
      const bytes = whole.slice();
      bytes[next(bytes.length)] = next(256);
      expect(() => found(bytes)).not.toThrow();
    }
    for (let end = 0; end < whole.length; end++) {
      expect(() => found(whole.subarray(0, end))).not.toThrow();
    }
  });
});

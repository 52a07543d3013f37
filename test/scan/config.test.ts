import { describe, expect, it } from "vitest";
import type { Json } from "../../src/json.ts";
import { scanConfig } from "../../src/scan/config.ts";
import { createFindings } from "../../src/scan/finding.ts";

function rules(json: Json): readonly string[] {
  const findings = createFindings();
  scanConfig(json, findings);
  return findings.all.map(({ rule }) => rule);
}

function layer(className: string, config: Json): Json {
  return { class_name: className, config };
}

const CODE = "4wEAAAAAAAAAAAAAAAEAAAADAAAAQwAAAHMIAAAAfABkARQAUwA=";

describe("byte code", () => {
  it.each([
    [
      "of Keras 1",
      layer("Lambda", { function: "c\u0001\u0000\u0000\u0000", function_type: "lambda" }),
    ],
    ["of Keras 1's Merge", layer("Merge", { mode: "c\u0001", mode_type: "lambda" })],
    ["of Keras 2", layer("Lambda", { function: [CODE, null, null], function_type: "lambda" })],
    [
      "that gives a shape",
      layer("Lambda", {
        function: "f",
        output_shape: [CODE, null, null],
        output_shape_type: "lambda",
      }),
    ],
    ["of Keras 3", layer("Lambda", { function: layer("__lambda__", { code: CODE }) })],
    ["outside a Lambda", layer("Dense", { activation: layer("__lambda__", { code: CODE }) })],
    [
      "in a wrapper",
      layer("Bidirectional", { layer: layer("Lambda", { function: [CODE, null] }) }),
    ],
    ["registered under a package", layer("My>Lambda", { function: [CODE, null, null] })],
    ["in a text of any key", layer("Dense", { units: 3, hook: CODE })],
  ])("%s is found", (_, json) => {
    expect(rules(json)).toContain("code/lambda");
  });

  it("is told once for a layer that holds several", () => {
    const config = { function: [CODE, null, null], mask: layer("__lambda__", { code: CODE }) };
    expect(rules(layer("Lambda", config))).toEqual(["code/lambda"]);
  });

  it("does not hide what stands beside it", () => {
    const config = {
      function: [CODE, null, null],
      arguments: { f: { module: "os", class_name: "function", config: "system" } },
    };
    expect(rules(layer("Lambda", config))).toEqual(["code/lambda", "code/foreign-module"]);
  });
});

describe("what TensorFlow computes", () => {
  it("is harmless as arithmetic", () => {
    expect(rules(layer("TFOpLambda", { function: "math.add" }))).toEqual([]);
    expect(rules(layer("TFOpLambda", { function: "nn.relu6" }))).toEqual([]);
    expect(rules(layer("SlicingOpLambda", { function: "__operators__.getitem" }))).toEqual([]);
    expect(rules(layer("TensorFlowOpLayer", { node_def: '{"op": "Mul"}' }))).toEqual([]);
  });

  it.each(["io.read_file", "io.write_file", "raw_ops.WriteFile", "numpy_function", "py_function"])(
    "is not as %s",
    (name) => {
      expect(rules(layer("TFOpLambda", { function: name }))).toEqual(["code/file-operation"]);
    },
  );

  it("is not as an operation in the text form of protobuf", () => {
    const config = { node_def: 'name: "a"\nop: "WriteFile"\ninput: "x"' };
    expect(rules(layer("TensorFlowOpLayer", config))).toEqual(["code/file-operation"]);
  });
});

describe("files that layers read", () => {
  it.each([
    ["/etc/passwd", "code/file-path"],
    ["../secrets.txt", "code/file-path"],
    ["https://example.com/words", "code/file-path"],
    ["C:\\words.txt", "code/file-path"],
    ["words.txt", "code/file-name"],
  ])("are judged by their name: %s", (vocabulary, rule) => {
    expect(rules(layer("StringLookup", { vocabulary }))).toEqual([rule]);
  });

  it("are none when the vocabulary is a list", () => {
    expect(rules(layer("StringLookup", { vocabulary: ["/etc", "b"] }))).toEqual([]);
  });
});

describe("depth", () => {
  it("ends the search, without a stack overflow", () => {
    let json: Json = 1;
    for (let depth = 0; depth < 100_000; depth++) json = [json];
    expect(rules(json)).toEqual(["config/too-deep"]);
  });
});

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import {
  type ByteFolder,
  type ByteSource,
  bytesSource,
  collectBytes,
} from "../../src/formats/bytes.ts";
import { decodeModel } from "../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../src/formats/coreml/encode.ts";
import type { Model, NeuralNetworkLayer } from "../../src/formats/coreml/types.gen.ts";
import { openPath } from "../../src/io/open-path.ts";
import { scanFile } from "../../src/scan/scan.ts";
import { FIXTURES } from "../cases.ts";

/** `rule place` of all that is found. */
function found(input: ByteSource | ByteFolder): readonly string[] {
  return scanFile(input).map(({ rule, at }) => [rule, at.path ?? ""].join(" ").trim());
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

/** What is found in a golden file after its message was changed. */
function foundIn(golden: string, change: (model: Model) => Model): readonly string[] {
  const model = change(decodeModel(read(`micro/${golden}/golden.mlmodel`)));
  return found(bytesSource(collectBytes(encodeModel(model)), "m.mlmodel"));
}

/** One layer of a network instead of the one of its kind. */
function withLayer(model: Model, change: (layer: NeuralNetworkLayer) => NeuralNetworkLayer): Model {
  const { neuralNetwork = {} } = model;
  return {
    ...model,
    neuralNetwork: { ...neuralNetwork, layers: (neuralNetwork.layers ?? []).map(change) },
  };
}

describe("what coremltools wrote", () => {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((path) => /golden\.mlmodel$|\.mlpackage(?:\.zip)?$/.test(path))
    .sort();

  it("is clean, but for what is wrong with it", () => {
    const all = files.flatMap((path) => {
      const source = openPath(join(FIXTURES, path));
      try {
        return found(source).map((finding) => `${path}: ${finding}`);
      } finally {
        source.close();
      }
    });
    expect(files.length).toBeGreaterThan(260);
    expect(all).toEqual([
      "micro/arg_custom_layer/golden.mlmodel: code/custom-layer twice",
      "micro/arg_wrong_label_count/golden.mlmodel: coreml/label-count labels",
      // coremltools splits a bias of reset_after wrongly.
      "micro/gru_reset_after/golden.mlmodel: weights/mismatch gru_1/updateGateBiasVector",
    ]);
  });
});

describe("a model that Core ML takes from elsewhere", () => {
  it("is a class of the app", () => {
    const foreign = { className: "Mine", parameters: new Map([["p", { bytesValue: PICKLE }]]) };
    expect(
      foundIn("dense_bias", ({ neuralNetwork: _, ...model }) => ({
        ...model,
        customModel: foreign,
      })),
    ).toEqual(["code/pickle customModel/p", "code/custom-model customModel"]);
  });

  it("is a file that is looked up by its path, also within a pipeline", () => {
    const linkedModelFile = { linkedModelFileName: { defaultValue: "../../other" } };
    expect(
      foundIn("dense_bias", ({ neuralNetwork: _, ...model }) => ({
        ...model,
        pipeline: { models: [{ ...model, linkedModel: { linkedModelFile } }] },
      })),
    ).toEqual(["code/linked-model 1/linkedModel"]);
  });
});

const PICKLE = Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x2e);

describe("numbers of a network", () => {
  const changed = (bias: readonly number[]) =>
    foundIn("dense_bias", (model) =>
      withLayer(model, (layer) =>
        layer.innerProduct
          ? { ...layer, innerProduct: { ...layer.innerProduct, bias: { floatValue: bias } } }
          : layer,
      ),
    );

  it.each<[string, readonly number[], string]>([
    ["that are none", [Number.NaN, 0, 0, 0], "weights/not-finite dense_1/bias"],
    ["that are infinite", [0, 0, Number.POSITIVE_INFINITY, 0], "weights/not-finite dense_1/bias"],
    ["beyond half precision", [0, 0, 0, 1e6], "weights/half-range dense_1/bias"],
    ["that are too few", [1], "weights/mismatch dense_1/bias"],
  ])("%s are found", (_, bias, finding) => {
    expect(changed(bias)).toEqual([finding]);
  });

  it("are no negative variances", () => {
    const findings = foundIn("bn_4d", (model) =>
      withLayer(model, (layer) => {
        const { batchnorm } = layer;
        if (batchnorm === undefined) return layer;
        const { channels = 0 } = batchnorm;
        return {
          ...layer,
          batchnorm: { ...batchnorm, variance: { floatValue: Array(channels).fill(-0.5) } },
        };
      }),
    );
    expect(findings.map((finding) => finding.split(" ")[0])).toEqual(["weights/negative-variance"]);
  });

  it("are not all zero in a kernel", () => {
    const findings = foundIn("dense_bias", (model) =>
      withLayer(model, (layer) => {
        const { innerProduct } = layer;
        if (innerProduct === undefined) return layer;
        const { inputChannels = 0, outputChannels = 0 } = innerProduct;
        const floatValue = new Float32Array(inputChannels * outputChannels);
        return { ...layer, innerProduct: { ...innerProduct, weights: { floatValue } } };
      }),
    );
    expect(findings).toEqual(["weights/all-zero dense_1/weights"]);
  });
});

describe("what a model says beside its layers", () => {
  it("may name two classes alike", () => {
    const vector = ["cat", "dog", "cat"];
    const findings = foundIn("arg_wrong_label_count", (model) => ({
      ...model,
      neuralNetworkClassifier: {
        ...model.neuralNetworkClassifier,
        stringClassLabels: { vector },
      },
    }));
    expect(findings).toEqual(["coreml/duplicate-label labels"]);
  });

  it("may hold addresses, scripts and code", () => {
    const metadata = {
      license: "See https://example.org/licence",
      shortDescription: "<script>alert(1)</script>",
      userDefined: new Map([["key", `4wEAAAAA${"A".repeat(40)}`]]),
    };
    expect(
      foundIn("dense_bias", (model) => ({
        ...model,
        description: { ...model.description, metadata },
      })),
    ).toEqual([
      "code/lambda description/key",
      "coreml/address description/shortDescription",
      "coreml/address description/license",
    ]);
  });

  it("may be of a later format", () => {
    const bytes = read("micro/dense_bias/golden.mlmodel");
    bytes[1] = 30;
    const field = Uint8Array.of(...bytes, 0xfa, 0x7f, 1, 7);
    expect(found(bytesSource(field, "m.mlmodel"))).toEqual([
      "coreml/unknown-field #2047",
      "coreml/later-format",
    ]);
  });

  it("may be cut", () => {
    const bytes = read("micro/dense_bias/golden.mlmodel");
    const cut = bytes.subarray(0, bytes.length - 20);
    expect(found(bytesSource(cut, "m.mlmodel"))).toEqual(["coreml/damaged neuralNetwork"]);
  });
});

describe("a package", () => {
  const PACKAGE = filesIn(join(FIXTURES, "mlpackage/examples/cnn-fp16.mlpackage"));
  const WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin";

  it.each(["../../etc/passwd", "/etc/passwd", "com.apple.CoreML/../../x.mlmodel"])(
    "whose manifest leads to %s is found",
    (path) => {
      const findings = found(folderOf({ ...PACKAGE, "Manifest.json": manifestOf(path) }));
      expect(findings).toEqual(["coreml/unsafe-path Manifest.json.itemInfoEntries.x"]);
    },
  );

  it("that lacks an item is found", () => {
    const manifest = manifestOf("com.apple.CoreML/other.bin");
    expect(found(folderOf({ ...PACKAGE, "Manifest.json": manifest }))).toEqual([
      "coreml/missing-item Manifest.json.itemInfoEntries.x",
    ]);
  });

  it("without its weights is found", () => {
    const { [WEIGHTS]: _, ...rest } = PACKAGE;
    expect(found(folderOf(rest))).toEqual([
      "coreml/missing-item Data/com.apple.CoreML/model.mlmodel/@model_path/weights/weight.bin",
    ]);
  });

  it("whose weights share bytes is found", () => {
    const weights = Uint8Array.from(PACKAGE[WEIGHTS] ?? []);
    const view = new DataView(weights.buffer);
    const second = 64 + 64 + Math.ceil(Number(view.getBigUint64(72, true)) / 64) * 64;
    expect(view.getUint32(second, true)).toBe(0xdeadbeef);
    view.setBigUint64(80, BigInt(second + 64), true);
    const findings = found(folderOf({ ...PACKAGE, [WEIGHTS]: weights }));
    expect(new Set(findings.map((finding) => finding.split(" ")[0]))).toEqual(
      new Set(["coreml/overlap"]),
    );
  });

  it("whose weights lie outside their file is found", () => {
    const weights = (PACKAGE[WEIGHTS] ?? new Uint8Array()).subarray(0, 1024);
    const findings = found(folderOf({ ...PACKAGE, [WEIGHTS]: weights }));
    expect(new Set(findings.map((finding) => finding.split(" ")[0]))).toEqual(
      new Set(["coreml/damaged"]),
    );
  });

  it("is looked into in a zip file too, beside what hides there", () => {
    const inside = Object.entries(PACKAGE).map(([name, bytes]) => [`a.mlpackage/${name}`, bytes]);
    expect(found(bytesSource(zipSync(Object.fromEntries(inside))))).toEqual([]);
    const more = { "a.mlpackage/install.sh": new TextEncoder().encode("#!/bin/sh\n") };
    expect(found(bytesSource(zipSync({ ...Object.fromEntries(inside), ...more })))).toEqual([
      "code/executable a.mlpackage/install.sh",
    ]);
  });

  function manifestOf(path: string): Uint8Array {
    const manifest = JSON.parse(new TextDecoder().decode(PACKAGE["Manifest.json"]));
    const itemInfoEntries = { ...manifest.itemInfoEntries, x: { path } };
    return new TextEncoder().encode(JSON.stringify({ ...manifest, itemInfoEntries }));
  }
});

type Files = Readonly<Record<string, Uint8Array>>;

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, Uint8Array.from(readFileSync(join(folder, name)))]),
  );
}

function folderOf(files: Files): ByteFolder {
  return {
    name: "a.mlpackage",
    open(path) {
      const bytes = files[path];
      return bytes && bytesSource(bytes, path);
    },
    has: (path) => Object.keys(files).some((one) => one === path || one.startsWith(`${path}/`)),
  };
}

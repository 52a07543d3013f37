import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { scanFile } from "../../src/scan/scan.ts";
import { FIXTURES } from "../cases.ts";

/** `rule place` of all that is found in a file. */
function found(bytes: Uint8Array): readonly string[] {
  return scanFile(bytesSource(bytes, "model")).map(({ rule, at }) =>
    [rule, at.path ?? ""].join(" ").trim(),
  );
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, path)));
}

/** Made by `generators/scan.py`, which says how. */
const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  "bomb.keras": ["zip/bomb assets/zeros"],
  "builtins_exec.keras": [
    "code/foreign-module config.json.config.layers[1].config.function",
    "weights/mismatch /layers",
    "code/named-function config.json.config.layers[1]",
  ],
  "checksum.keras": ["zip/damaged assets/one"],
  "clean.keras": [],
  "duplicate.keras": [
    "zip/duplicate-name Config.json",
    "zip/duplicate-name metadata.json",
    "zip/unexpected-member Config.json",
  ],
  "elsewhere.h5": [
    "hdf5/external-link /model_weights/dense/dense/kernel",
    "hdf5/virtual-data /model_weights/norm/norm/beta",
    "hdf5/external-data /model_weights/norm/norm/gamma",
    "weights/mismatch /model_weights/dense",
    "hdf5/unknown-filter /packed",
  ],
  "encrypted.keras": ["zip/encrypted assets/secret"],
  "headers.keras": ["zip/header-mismatch assets/one"],
  "hidden.keras": ["zip/hidden-data"],
  "lambda.h5": [
    "code/lambda model_config.config.layers[1].config.layer",
    "code/lambda model_config.config.layers[2]",
  ],
  "lambda.keras": [
    "code/lambda config.json.config.layers[1].config.layer",
    "code/lambda config.json.config.layers[2]",
  ],
  "links.h5": [
    "hdf5/ring /model_weights/again",
    "hdf5/broken-link /nowhere",
    "hdf5/soft-link /soft",
  ],
  "members.keras": [
    "zip/unsafe-name ../outside.py",
    "zip/unsafe-name /absolute.txt",
    "zip/unsafe-name C:\\windows.txt",
    "code/executable ../outside.py",
    "code/pickle state.pkl",
    "code/executable tool",
    "code/pickled-array model.weights.npz/dense.npy",
    "zip/nested-archive inner.zip",
    "code/saved-model saved_model.pb",
    "zip/unexpected-member /absolute.txt",
    "zip/unexpected-member C:\\windows.txt",
    "zip/unexpected-member readme.txt",
  ],
  "misfit.h5": ["weights/mismatch"],
  "module_class.keras": [
    "code/foreign-module config.json.config.layers[1]",
    "weights/mismatch /layers",
  ],
  "module_get_file.keras": [
    "code/keras-function config.json.config.layers[1].config.function",
    "weights/mismatch /layers",
    "code/named-function config.json.config.layers[1]",
  ],
  "module_os.keras": [
    "code/foreign-module config.json.config.layers[1].config.function",
    "weights/mismatch /layers",
    "code/named-function config.json.config.layers[1]",
  ],
  "module_own.keras": [
    "weights/mismatch /layers",
    "code/custom-module config.json.config.layers[1]",
    "code/custom-class config.json.config.layers[1]",
  ],
  "module_unsafe.keras": [
    "code/keras-function config.json.config.layers[1].config.function",
    "weights/mismatch /layers",
    "code/named-function config.json.config.layers[1]",
  ],
  "objects.npy": ["file/not-a-model", "code/pickled-array"],
  "objects.npz": ["code/pickled-array dense.npy", "file/not-a-model"],
  "operations.json": [
    "code/file-operation $.config.layers[0]",
    "code/file-operation $.config.layers[2]",
    "code/other-model $.config.layers[3]",
    "code/other-model $.config.layers[4]",
    "code/lambda $.config.layers[7]",
    "code/file-name $.config.layers[5]",
    "code/named-function $.config.layers[6]",
  ],
  "overlap.h5": ["hdf5/overlap /dense/kernel"],
  "pickles.h5": ["code/pickle state", "code/pickle text", "code/pickle /blob"],
  "rotten.h5": [
    "weights/not-finite /model_weights/dense/small/dense/bias",
    "weights/not-finite /model_weights/dense/small/dense/kernel",
    "weights/negative-variance /model_weights/norm/small/norm/moving_variance",
    "weights/all-zero /dead_kernel",
    "weights/half-range /model_weights/norm/small/norm/gamma",
  ],
  "sparse_bomb.h5": ["hdf5/limit /claim", "hdf5/bomb", "weights/unread"],
  "symlink.keras": ["zip/symlink assets/link"],
  "torch.keras": [
    "code/pickle config.json.config.layers[1]",
    "code/pickle config.json.config.layers[1].config.module",
    "weights/mismatch /layers",
  ],
  "vocabulary.keras": ["code/file-path config.json.config.layers[1]"],
};

describe("a hostile file", () => {
  it("stands in the table for each that is made", () => {
    expect(readdirSync(join(FIXTURES, "scan")).sort()).toEqual(Object.keys(HOSTILE).sort());
  });

  it.each(Object.entries(HOSTILE))("%s is found out", (name, expected) => {
    expect(found(read(`scan/${name}`))).toEqual(expected);
  });
});

/** What is true of these genuine files of Keras, and no danger: byte code, a user block, a class of one's own. */
const REMARKABLE: Readonly<Record<string, readonly string[]>> = {
  "generations/h5_userblock/model.hdf5": ["hdf5/user-block"],
  "layers/k3_subclassed/model.keras": ["code/custom-class config.json"],
  "micro/arg_custom_layer/model.hdf5": ["code/lambda model_config.config.layers[1]"],
  "micro/refuse_lambda/model.hdf5": ["code/lambda model_config.config.layers[0]"],
};

describe.each(["digits", "generations", "layers", "micro", "snacks"])(
  "genuine models in %s",
  (folder) => {
    it("raise no false alarm", () => {
      const paths = readdirSync(join(FIXTURES, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => /\.(?:h5|hdf5|keras)$/.test(path))
        .map((path) => `${folder}/${path}`);
      const alarms = paths.flatMap((path) => {
        const findings = found(read(path));
        return findings.length === 0 ? [] : [[path, findings]];
      });
      expect(paths.length).toBeGreaterThan(0);
      expect(Object.fromEntries(alarms)).toEqual(
        Object.fromEntries(Object.entries(REMARKABLE).filter(([path]) => path.startsWith(folder))),
      );
    });
  },
);

describe("a file that is no model", () => {
  const text = (content: string) => new TextEncoder().encode(content);

  it.each([
    ["empty", new Uint8Array(0), "file/empty"],
    [
      "a pointer of Git LFS",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123\n"),
      "file/lfs-pointer",
    ],
    ["a web page", text("<!doctype html><title>Sign in</title>"), "file/web-page"],
    ["a pickle", Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x2e), "code/pickle"],
    ["the start of an HDF5 file", Uint8Array.of(0x89, 0x48, 0x44, 0x46), "hdf5/damaged"],
    ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), "file/not-a-model"],
    ["JSON that is cut", text('{"class_name": '), "config/damaged"],
    ["other HDF5", read("hdf5/dense.h5"), "file/not-a-model"],
  ])("is said to be %s", (_, bytes, rule) => {
    expect(found(bytes).map((text) => text.split(" ")[0])).toContain(rule);
  });

  it("is said to be truncated, at which byte", () => {
    const bytes = read("generations/k224/model.hdf5");
    const [finding] = scanFile(bytesSource(bytes.subarray(0, 10_000), "model"));
    expect(finding?.rule).toBe("hdf5/damaged");
    expect(finding?.text).toMatch(/truncated at byte 10000 of \d+/);
  });
});

describe("bytes around an HDF5 file", () => {
  it("are found behind its end, unless they are zeros", () => {
    const model = read("generations/k224/model.hdf5");
    expect(found(Uint8Array.of(...model, ...new Uint8Array(64)))).toEqual([]);
    expect(found(Uint8Array.of(...model, 0x7f, 0x45, 0x4c, 0x46))).toEqual(["hdf5/trailing-data"]);
  });

  it("are looked at in its user block", () => {
    const model = read("generations/h5_userblock/model.hdf5");
    model.fill(0, 0, 512);
    model.set(new TextEncoder().encode("#!/bin/sh\n"));
    expect(found(model)).toEqual(["code/executable", "hdf5/user-block"]);
  });
});

describe("a model of TensorFlow.js", () => {
  const text = (paths: readonly string[], more: object = {}) =>
    new TextEncoder().encode(
      JSON.stringify({
        modelTopology: {
          class_name: "Sequential",
          config: [
            { class_name: "Dense", config: { name: "d", units: 1, batch_input_shape: [null, 1] } },
          ],
        },
        weightsManifest: [
          {
            paths,
            weights: [
              { name: "d/kernel", shape: [1, 1], dtype: "float32" },
              { name: "d/bias", shape: [1], dtype: "float32" },
            ],
          },
        ],
        ...more,
      }),
    );
  const weights = new Uint8Array(new Float32Array([Number.NaN, 1]).buffer);
  const rules = (bytes: Uint8Array) => {
    const open = (path: string) => (path === "w.bin" ? bytesSource(weights, path) : undefined);
    const beside = { name: "web", open, has: (path: string) => path === "w.bin" };
    return scanFile({ ...bytesSource(bytes, "model.json"), beside }).map(
      ({ rule, at }) => `${rule} ${at.path ?? ""}`,
    );
  };

  it("has weights that are judged", () => {
    expect(rules(text(["w.bin"]))).toEqual(["weights/not-finite d/kernel"]);
  });

  it("may name files outside its folder", () => {
    expect(rules(text(["../w.bin"]))).toEqual(["tfjs/unsafe-path weightsManifest"]);
  });

  it("may lack files", () => {
    expect(rules(text(["v.bin"]))).toEqual(["weights/mismatch "]);
  });
});

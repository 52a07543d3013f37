import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { type ByteFolder, bytesSource } from "../../../src/formats/bytes.ts";
import { type CoreMLFile, openCoreML } from "../../../src/formats/coreml/open.ts";
import { FIXTURES } from "../../cases.ts";

const MODEL = "Data/com.apple.CoreML/model.mlmodel";
const WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin";
const PACKAGE = filesIn(join(FIXTURES, "mlpackage/examples/cnn-fp16.mlpackage"));
const golden = readFileSync(join(FIXTURES, "micro/lstm/golden.mlmodel"));

type Files = Readonly<Record<string, Uint8Array>>;

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, Uint8Array.from(readFileSync(join(folder, name)))]),
  );
}

function folderOf(files: Files, name = "a.mlpackage"): ByteFolder {
  return {
    name,
    open(path) {
      const bytes = files[path];
      return bytes && bytesSource(bytes, path);
    },
    has: (path) => Object.keys(files).some((one) => one === path || one.startsWith(`${path}/`)),
  };
}

function text(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

/** The package with another manifest. */
function withManifest(change: Readonly<Record<string, unknown>>): ByteFolder {
  const manifest = JSON.parse(new TextDecoder().decode(PACKAGE["Manifest.json"]));
  return folderOf({ ...PACKAGE, "Manifest.json": text({ ...manifest, ...change }) });
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof KcError) return `${error.code} ${error.message.split("\n")[0]}`;
    throw error;
  }
  return "opened";
}

function opsetOf({ model }: CoreMLFile): string | undefined {
  return model.mlProgram?.functions?.get("main")?.opset;
}

describe("a package", () => {
  it("gives its program and finds the weight file that the program names", () => {
    const file = openCoreML(folderOf(PACKAGE));
    expect([file.container, opsetOf(file)]).toEqual(["mlpackage", "CoreML6"]);
    expect(file.blobs("@model_path/weights/weight.bin").size).toBe(PACKAGE[WEIGHTS]?.length);
  });

  it("may lie in a zip file, in a folder of its name, beside what a Mac adds", () => {
    const inside = Object.entries(PACKAGE).map(([path, bytes]) => [`b/C.mlpackage/${path}`, bytes]);
    const zip = zipSync({
      ...Object.fromEntries(inside),
      "__MACOSX/b/C.mlpackage/._Manifest.json": text("x"),
    });
    const file = openCoreML(bytesSource(zip, "c.zip"));
    expect([file.container, opsetOf(file)]).toEqual(["mlpackage", "CoreML6"]);
    expect(file.blobs("@model_path/weights/weight.bin").size).toBe(PACKAGE[WEIGHTS]?.length);
  });

  it("may hold a neural network", () => {
    const file = openCoreML(folderOf({ ...PACKAGE, [MODEL]: golden }));
    expect(file.model.neuralNetwork?.layers?.length).toBe(1);
  });

  it.each([
    ["bad-format a.mlpackage is a folder without Manifest.json, so it is no Core ML package.", {}],
    [
      "bad-format a.mlpackage is a compiled Core ML model (.mlmodelc), which is not read.",
      { "coremldata.bin": golden },
    ],
    [
      `corrupt-file a.mlpackage: The package lacks ${MODEL}.`,
      { "Manifest.json": PACKAGE["Manifest.json"] ?? golden, [WEIGHTS]: golden },
    ],
    ["corrupt-file Manifest.json: The manifest is no JSON.", { "Manifest.json": text("{") }],
    ["corrupt-file Manifest.json: The manifest is no JSON object.", { "Manifest.json": text([]) }],
  ] as const)("is refused: %s", (message, files) => {
    expect(messageOf(() => openCoreML(folderOf(files)))).toBe(message);
  });

  it.each([
    [
      { fileFormatVersion: "2.0.0" },
      'unsupported Manifest.json: The manifest has version "2.0.0", expected "1.0.0".',
    ],
    [
      { rootModelIdentifier: "x" },
      'corrupt-file Manifest.json: The manifest names "x" as the root model, which is no item.',
    ],
    [{ itemInfoEntries: 1 }, "corrupt-file Manifest.json: The manifest has no list of items."],
    [
      { itemInfoEntries: { a: {} } },
      'corrupt-file Manifest.json: The manifest gives no path for the item "a".',
    ],
    [
      { rootModelIdentifier: "a", itemInfoEntries: { a: { path: "com.apple.CoreML" } } },
      "bad-format a.mlpackage: The root model Data/com.apple.CoreML is a folder, expected a .mlmodel file.",
    ],
  ])("is refused with the manifest %j", (change, message) => {
    expect(messageOf(() => openCoreML(withManifest(change)))).toBe(message);
  });

  it.each(["../x", "/etc/passwd", "a/../../x", "a//b", "C:\\x", "a\\..\\x", ".", ""])(
    "is refused when an item lies at %j",
    (path) => {
      const change = { rootModelIdentifier: "a", itemInfoEntries: { a: { path } } };
      expect(messageOf(() => openCoreML(withManifest(change)))).toContain(
        `corrupt-file Manifest.json: The manifest has the path ${JSON.stringify(path)}`,
      );
    },
  );

  it.each(["@model_path/../x", "weights/weight.bin", "@model_path//x", "/x"])(
    "has no weight file %j",
    (name) => {
      const { blobs } = openCoreML(folderOf(PACKAGE));
      expect(messageOf(() => blobs(name))).toBe(
        `corrupt-file a.mlpackage: The weight file ${JSON.stringify(name)} lies outside the package.`,
      );
    },
  );

  it("says which weight file is missing", () => {
    const { blobs } = openCoreML(folderOf(PACKAGE));
    expect(messageOf(() => blobs("@model_path/weights/other.bin"))).toBe(
      "corrupt-file a.mlpackage: The package lacks Data/com.apple.CoreML/weights/other.bin.",
    );
  });
});

describe("a single file", () => {
  it("holds all its weights", () => {
    const { container, blobs } = openCoreML(bytesSource(golden, "a.mlmodel"));
    expect(container).toBe("mlmodel");
    expect(messageOf(() => blobs("@model_path/weights/weight.bin"))).toBe(
      'bad-format a.mlmodel: The program keeps weights in "@model_path/weights/weight.bin", beside this file.',
    );
  });

  it("may be zipped", () => {
    const zip = zipSync({ "a.mlmodel": Uint8Array.from(golden) });
    expect(openCoreML(bytesSource(zip)).container).toBe("mlmodel");
  });

  it("is refused in a zip file of several, and none", () => {
    const bytes = Uint8Array.from(golden);
    const two = zipSync({ "a.mlmodel": bytes, "b.mlmodel": bytes });
    expect(messageOf(() => openCoreML(bytesSource(two, "z.zip")))).toBe(
      "bad-format z.zip: The zip file holds 2 Core ML models, expected one.",
    );
    expect(messageOf(() => openCoreML(bytesSource(zipSync({ a: bytes }), "z.zip")))).toBe(
      "bad-format z.zip: The zip file holds 0 Core ML models, expected one.",
    );
  });

  it("is not opened as a zip file in a zip file", () => {
    const inner = zipSync({ "a.mlmodel": Uint8Array.from(golden) });
    const outer = zipSync({ "b.mlmodel": inner });
    expect(messageOf(() => openCoreML(bytesSource(outer, "z.zip")))).toContain("bad-format");
  });
});

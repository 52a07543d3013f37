import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CONVERT_FLAGS, PIXEL_FLAGS, READING_FLAGS } from "../src/cli/convert-flags.ts";
import { EDIT_FLAGS } from "../src/cli/edit-flags.ts";
import { EVALUATE_FLAGS } from "../src/cli/evaluate-flags.ts";
import { INSPECT_FLAGS } from "../src/cli/inspect-flags.ts";
import { PLOT_FLAGS } from "../src/cli/plot-flags.ts";
import { PREDICT_FLAGS } from "../src/cli/predict-flags.ts";
import { SUMMARY_FLAGS } from "../src/cli/summary-flags.ts";
import { trainConfigSchema } from "../src/cli/train-config-schema.ts";
import { FAMILIES, PRESETS } from "../src/image/preprocessing.ts";
import { layerSpecs } from "../src/sources/keras/layers/index.ts";
import { operationSpecs } from "../src/sources/keras/layers/operations.ts";
import { FIXTURES } from "./cases.ts";
import { KC } from "./cli/run.ts";
import { DIGITS, digitsCase } from "./digits.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The text of one `##` or `###` section. */
function section(title: string): string {
  const [, rest = ""] = README.split(new RegExp(`^###? ${title}$`, "m"));
  const [text = ""] = rest.split(/^##/m);
  return text;
}

/** Fenced code of one language, in order. */
function code(text: string, language: string): readonly string[] {
  const fences = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"));
  return Array.from(fences, ([, body = ""]) => body);
}

/** A project of its own that has the package installed. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "keras-converter"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

it("schema/kc.train.schema.json is that of the options: npm run generate", () => {
  const text = readFileSync(join(ROOT, "schema/kc.train.schema.json"), "utf8");
  expect(JSON.parse(text)).toEqual(trainConfigSchema());
});

it("src/README.md lists every check, and no other", () => {
  const map = readFileSync(join(ROOT, "src/README.md"), "utf8");
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const rows = Array.from(map.matchAll(/^\| `(check:[^`]*)` \|/gm), (row) => row[1]);
  const checks = Object.keys(scripts).filter((name) => name.startsWith("check:"));
  expect(rows.toSorted()).toEqual(checks.toSorted());
});

describe("README", () => {
  it("lists every option of kc convert, and no other", () => {
    const rows = Array.from(
      section("The command").matchAll(/^\| `(--[^`]*)` \|/gm),
      (row) => row[1],
    );
    const flags = CONVERT_FLAGS.flatMap((group) => group.flags.map((flag) => flag.flags));
    expect(rows).toEqual(flags);
  });

  it("lists every option of kc edit, and no other", () => {
    const rows = Array.from(
      section("Names, labels and metadata of a Core ML model").matchAll(/^\| `(--[^`]*)` \|/gm),
      (row) => row[1],
    );
    const flags = EDIT_FLAGS.flatMap((group) => group.flags.map((flag) => flag.flags));
    expect(rows).toEqual(flags);
  });

  it("lists every option of kc plot but those for reading, and no other", () => {
    const rows = Array.from(
      section("What does it look like\\?").matchAll(/^\| `(-[^`]*)` \|/gm),
      (row) => row[1],
    );
    const reading = new Set(READING_FLAGS);
    const flags = PLOT_FLAGS.flatMap((group) =>
      group.flags.filter((flag) => !reading.has(flag)).map((flag) => flag.flags),
    );
    expect(rows).toEqual(flags);
  });

  it("lists every option of kc summary and kc inspect but those for reading, and no other", () => {
    const rows = Array.from(
      section("What is in a file\\?").matchAll(/^\| `(--[^`]*)` \|/gm),
      (row) => row[1],
    );
    const reading = new Set(READING_FLAGS);
    const flags = [...SUMMARY_FLAGS, ...INSPECT_FLAGS].flatMap((group) =>
      group.flags.filter((flag) => !reading.has(flag)).map((flag) => flag.flags),
    );
    expect(rows).toEqual(flags);
  });

  it("names every option of kc predict and kc evaluate but those for pixels and reading", () => {
    const text = section("What does it see\\?");
    const known = new Set([...PIXEL_FLAGS, ...READING_FLAGS]);
    const missing = [...PREDICT_FLAGS, ...EVALUATE_FLAGS]
      .flatMap((group) => group.flags)
      .filter((flag) => !known.has(flag))
      .map(({ flags }) => flags.split(" ")[0] ?? "")
      .filter((flag) => !text.includes(`\`${flag}`));
    expect(missing).toEqual([]);
  });

  it("lists the preset of every family", () => {
    const rows = Array.from(
      section("Preprocessing").matchAll(/^\| `([^`]*)` \|[^|]*\|([^|]*)\|$/gm),
    );
    const told = rows.flatMap(([, preset = "", families = ""]) =>
      Array.from(families.matchAll(/`([^`]*)`/g), ([, name = ""]) => `${name}: ${preset}`),
    );
    expect(rows.map(([, preset]) => preset).sort()).toEqual(Object.keys(PRESETS).sort());
    expect(told.sort()).toEqual(FAMILIES.map(({ name, preset }) => `${name}: ${preset}`).sort());
  });

  it("names no layer that is unknown", () => {
    const names = Array.from(
      section("Layers").matchAll(/`([A-Z][A-Za-z0-9]+)`/g),
      ([, name]) => name,
    );
    expect(names.filter((name) => name === undefined || !layerSpecs.has(name))).toEqual([]);
  });

  it("names every layer that we know by one of its names, operations apart", () => {
    const text = section("Layers");
    const operations = new Set(operationSpecs.flatMap(({ classNames }) => classNames));
    const missing = [...new Set(layerSpecs.values())]
      .map(({ classNames }) => classNames.filter((name) => !operations.has(name)))
      .filter((names) => names.length > 0)
      .filter(
        (names) => !names.some((name) => text.includes(`\`${name}\``) || /^Random/.test(name)),
      );
    expect(missing).toEqual([]);
  });

  it("starts with a command that converts the snack classifier", () => {
    const [command = ""] = code(section("Start"), "sh");
    const folder = temporaryFolder();
    symlinkSync(FIXTURES, join(folder, "fixtures"));
    const inPlace = command.replace("npm ci && node bin/kc.js", `"${process.execPath}" "${KC}"`);
    const { status, stderr } = spawnSync("sh", ["-c", inPlace], { cwd: folder, encoding: "utf8" });
    expect([status, stderr.split("\n").slice(1)]).toEqual([
      0,
      [
        "  in   image             picture 224 × 224, RGB; pixel × 0.00784314 − 1",
        "  out  labelProbability  probabilities by label",
        "  out  label             the best of 20 labels",
        "  165 layers, 223,684 parameters, Core ML specification 1",
        "",
      ],
    ]);
  });

  it("shows a library that works as shown", () => {
    const [inMemory = "", withFiles = ""] = code(section("The library"), "js");
    const folder = project();
    const model = join(FIXTURES, "generations/k224/model.hdf5");
    copyFileSync(model, join(folder, "vgg16.h5"));
    const response = `{ arrayBuffer: async () => new Uint8Array(readFileSync("vgg16.h5")).buffer }`;
    writeFileSync(
      join(folder, "memory.mjs"),
      `import { readFileSync } from "node:fs";\n${inMemory.replace('await fetch("model.h5")', response)}\nconsole.log(bytes.length, warnings.length);`,
    );
    writeFileSync(join(folder, "files.mjs"), withFiles);
    const output = execFileSync(process.execPath, ["memory.mjs"], {
      cwd: folder,
      encoding: "utf8",
    });
    execFileSync(process.execPath, ["files.mjs"], { cwd: folder });
    expect(output).toMatch(/^8\d\d\d 0\n$/);
    expect(readFileSync(join(folder, "VGG16.mlmodel")).length).toBeGreaterThan(8_000);
  });

  it("shows an evaluation that works as shown", () => {
    const example = code(section("The library"), "js").find((text) =>
      text.includes("scoreBatches"),
    );
    const folder = project();
    copyFileSync(DIGITS.model, join(folder, "model.h5"));
    symlinkSync(DIGITS.test, join(folder, "test"));
    writeFileSync(join(folder, "evaluate.mjs"), example ?? "");
    const output = execFileSync(process.execPath, ["evaluate.mjs"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(Number(output)).toBeCloseTo(digitsCase.accuracy, 6);
  });

  it("trains the digits from pictures to Core ML as shown", () => {
    const [commands = ""] = code(section("Training"), "sh");
    const folder = temporaryFolder();
    symlinkSync(FIXTURES, join(folder, "fixtures"));
    const inPlace = commands.replaceAll("node bin/kc.js", `"${process.execPath}" "${KC}"`);
    const run = spawnSync("sh", ["-ec", inPlace], { cwd: folder, encoding: "utf8" });
    expect(run.stderr).toContain("Epoch 1/6\n");
    expect(run.status).toBe(0);
    const [before = 0, after = 0] = Array.from(
      run.stdout.matchAll(/^accuracy +([\d.]+) %$/gm),
      ([, percent]) => Number(percent),
    );
    expect(before).toBe(86.54);
    expect(after).toBeGreaterThan(before);
    expect(readFileSync(join(folder, "Digits.mlmodel")).length).toBeGreaterThan(10_000);
  });

  it("shows a library that strict TypeScript takes as shown", () => {
    const folder = project();
    for (const scope of ["@tensorflow", "@types"]) {
      symlinkSync(join(ROOT, "node_modules", scope), join(folder, "node_modules", scope));
    }
    // What a reader has already.
    const known = new Map([
      ["loadLayersModel", 'import * as tf from "@tensorflow/tfjs-layers";'],
      ["loadGraphModel", 'import { loadGraphModel } from "@tensorflow/tfjs-converter";'],
      [
        "classificationReport",
        "declare const classes: string[], truth: number[], scores: number[];",
      ],
    ]);
    code(section("The library"), "js").forEach((text, index) => {
      const before = Array.from(known).flatMap(([word, line]) => (text.includes(word) ? line : []));
      const named = text.replace("tf.loadGraphModel", "loadGraphModel");
      writeFileSync(join(folder, `${index}.ts`), [...before, named].join("\n"));
    });
    const [layers = ""] = code(section("Layers of your own"), "js");
    writeFileSync(join(folder, "layers.mjs"), layers);
    const options = ["--strict", "--noEmit", "--skipLibCheck", "--allowJs", "--checkJs"];
    const kinds = ["--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
    const files = readdirSync(folder).filter((name) => /\.(ts|mjs)$/.test(name));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const argv = [compiler, ...options, ...kinds, ...files];
    const { stdout } = spawnSync(process.execPath, argv, { cwd: folder, encoding: "utf8" });
    expect(files.length).toBeGreaterThan(8);
    expect(stdout).toBe("");
  }, 60_000);

  it("shows a training that works as shown", () => {
    const example = code(section("The library"), "js").find((text) => text.includes("fitModel"));
    const folder = project();
    copyFileSync(DIGITS.model, join(folder, "model.h5"));
    symlinkSync(join(FIXTURES, "digits/train"), join(folder, "train"));
    writeFileSync(join(folder, "train.mjs"), example ?? "");
    const output = execFileSync(process.execPath, ["train.mjs"], { cwd: folder, encoding: "utf8" });
    expect(output).toBe("3\n");
    expect(readFileSync(join(folder, "tuned.h5")).length).toBeGreaterThan(50_000);
  });

  it("shows a layer of one's own that works as shown", () => {
    const [layers = ""] = code(section("Layers of your own"), "js");
    const folder = project();
    writeFileSync(join(folder, "layers.mjs"), layers.replace('"Twice"', '"Flatten"'));
    writeFileSync(
      join(folder, "run.mjs"),
      `import { readKeras } from "keras-converter";
       import { openFile } from "keras-converter/node";
       import { layers } from "./layers.mjs";
       const { graph } = readKeras(openFile(process.argv[2]), { customLayers: layers });
       console.log(graph.nodes.filter((node) => node.op.kind === "merge").length);`,
    );
    const model = join(FIXTURES, "micro/flatten_only/model.hdf5");
    const output = execFileSync(process.execPath, ["run.mjs", model], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(output).toBe("1\n");
  });
});

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import ts from "typescript";
import { build } from "vite";
import { describe, expect, it } from "vitest";
import { FIXTURES } from "./cases.ts";
import { temporaryFolder } from "./temporary.ts";

/** These run on the built package: `npm test` builds it first. */
const ROOT = fileURLToPath(new URL("../", import.meta.url));
const MODEL = join(FIXTURES, "generations/k224/model.hdf5");

const CONSUMER = `
import { bytesSource, collectBytes, KcError, readKeras, writeCoreML } from "keras-converter";
import type { CoreMLOptions, Diagnostic, Graph, LayerSpec } from "keras-converter";

export function convert(bytes: Uint8Array, options: CoreMLOptions = {}): Uint8Array {
  const { graph, warnings }: { graph: Graph; warnings: readonly Diagnostic[] } = readKeras(bytesSource(bytes));
  const result = writeCoreML(graph, { author: "A. Tester", ...options });
  if (warnings.length + result.warnings.length > 100) throw new KcError({ code: "limit", text: "?" });
  return collectBytes(result.file);
}

export const twice: LayerSpec = {
  classNames: ["Twice"],
  lower(call) {
    const [input = ""] = call.inputs;
    return { outputs: [call.emit({ kind: "merge", fn: "add", weights: {} }, input, input)] };
  },
};
`;

/** A project of its own that has the package installed. */
function consumer(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "keras-converter"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("the package, as installed", () => {
  it("decodes pictures in threads, in order, with the numbers that one thread gives", () => {
    const folder = consumer({
      "package.json": '{ "type": "module" }',
      "run.mjs": `
        import { createHash } from "node:crypto";
        import { findPreprocessing } from "keras-converter";
        import { listPictures, pictureBatches } from "keras-converter/pictures";
        const { files } = await listPictures([process.argv[2]]);
        for (const threads of [0, 3]) {
          const hash = createHash("sha256");
          let count = 0;
          const options = { size: { width: 24, height: 16 }, preprocessing: findPreprocessing("caffe"), batchSize: 7, threads };
          for await (const batch of pictureBatches(files, options)) {
            for (const { name } of batch.files) hash.update(name);
            hash.update(batch.inputs);
            count += batch.files.length;
          }
          console.log(count, hash.digest("hex"));
        }
      `,
    });
    const pictures = join(FIXTURES, "images/kinds");
    const output = execFileSync(process.execPath, ["run.mjs", pictures], { cwd: folder });
    const [here, threads] = output.toString().trim().split("\n");
    expect(here).toMatch(/^44 [0-9a-f]{64}$/);
    expect(threads).toBe(here);
  });

  it("converts bytes to bytes in Node", () => {
    const folder = consumer({
      "package.json": '{ "type": "module" }',
      "run.mjs": `
        import { readFileSync } from "node:fs";
        import { bytesSource, collectBytes, readKeras, writeCoreML } from "keras-converter";
        const { graph } = readKeras(bytesSource(readFileSync(process.argv[2])));
        console.log(collectBytes(writeCoreML(graph).file).length, graph.inputs.length);
      `,
    });
    const output = execFileSync(process.execPath, ["run.mjs", MODEL], { cwd: folder });
    expect(output.toString()).toMatch(/^\d{4,} 1\n$/);
  });

  it("runs a model through its /tfjs entry", () => {
    const folder = consumer({
      "package.json": '{ "type": "module" }',
      "run.mjs": `
        import { readKeras } from "keras-converter";
        import { openFile } from "keras-converter/node";
        import { buildTfjs } from "keras-converter/tfjs";
        const { graph } = readKeras(openFile(process.argv[2]));
        console.log(typeof buildTfjs, graph.outputs.length);
      `,
    });
    const output = execFileSync(process.execPath, ["run.mjs", MODEL], { cwd: folder });
    expect(output.toString()).toBe("function 1\n");
  });

  it("opens and writes files through its /node entry", () => {
    const folder = consumer({
      "package.json": '{ "type": "module" }',
      "run.mjs": `
        import { readKeras, writeCoreML } from "keras-converter";
        import { openFile, writeOutput } from "keras-converter/node";
        const source = openFile(process.argv[2]);
        await writeOutput("out.mlmodel", writeCoreML(readKeras(source).graph).file);
        source.close();
      `,
    });
    execFileSync(process.execPath, ["run.mjs", MODEL], { cwd: folder });
    expect(readFileSync(join(folder, "out.mlmodel")).length).toBeGreaterThan(5_000);
  });

  it("has types that a strict project accepts", () => {
    const folder = consumer({ "package.json": '{ "type": "module" }', "consumer.ts": CONSUMER });
    for (const moduleResolution of [
      ts.ModuleResolutionKind.NodeNext,
      ts.ModuleResolutionKind.Bundler,
    ]) {
      const nodeNext = moduleResolution === ts.ModuleResolutionKind.NodeNext;
      const program = ts.createProgram([join(folder, "consumer.ts")], {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        target: ts.ScriptTarget.ES2022,
        module: nodeNext ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
        moduleResolution,
        types: [],
        noEmit: true,
      });
      const problems = ts.getPreEmitDiagnostics(program);
      expect(ts.formatDiagnostics(problems, formatHost(folder))).toBe("");
    }
  });
});

describe("the package in a browser", () => {
  it("imports no module of Node", () => {
    const files = reachable(join(ROOT, "dist/index.js"));
    const outside = files.flatMap((file) =>
      importsOf(file).filter((name) => !name.startsWith(".")),
    );
    const packages = [...new Set(outside)].sort();
    expect(packages.filter((name) => isNode(name))).toEqual([]);
    expect(packages).toEqual(["fflate", "protobufjs/minimal.js"]);
  });

  it("converts in a world that has nothing of Node", async () => {
    const folder = consumer({
      "package.json": '{ "type": "module" }',
      "consumer.ts": CONSUMER,
    });
    const code = await bundle(folder);
    const messages: string[] = [];
    const world = createContext({
      TextDecoder,
      TextEncoder,
      console: { log: (text: string) => void messages.push(text) },
    });
    runInContext(code, world);
    const bytes = readFileSync(MODEL);
    world.bytes = new Uint8Array(bytes);
    const result: unknown = runInContext("keras.convert(bytes).length", world);
    expect(result).toBe(
      Number(
        execFileSync(process.execPath, [
          "--input-type=module",
          "-e",
          `import { readFileSync } from "node:fs";
           import { bytesSource, collectBytes, readKeras, writeCoreML } from "${join(ROOT, "dist/index.js")}";
           const { graph } = readKeras(bytesSource(readFileSync(${JSON.stringify(MODEL)})));
           console.log(collectBytes(writeCoreML(graph, { author: "A. Tester" }).file).length);`,
        ]).toString(),
      ),
    );
    expect(messages).toEqual([]);
  });
});

function formatHost(folder: string): ts.FormatDiagnosticsHost {
  return {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => folder,
    getNewLine: () => "\n",
  };
}

function isNode(name: string): boolean {
  return name.startsWith("node:") || builtinModules.includes(name);
}

/** All modules of the package that one of them imports, directly or not. */
function reachable(entry: string): readonly string[] {
  const found = new Set([entry]);
  for (const file of found) {
    const { resolve } = createRequire(file);
    for (const name of importsOf(file)) if (name.startsWith(".")) found.add(resolve(name));
  }
  return [...found];
}

function importsOf(file: string): readonly string[] {
  return ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.map(({ fileName }) => fileName);
}

/** The consumer and all that it needs as one script. */
async function bundle(folder: string): Promise<string> {
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      lib: { entry: join(folder, "consumer.ts"), name: "keras", formats: ["iife"] },
    },
  });
  const outputs = Array.isArray(result) ? result : [];
  const [chunk] = outputs.flatMap(({ output }) => output);
  return chunk?.type === "chunk" ? chunk.code : "";
}

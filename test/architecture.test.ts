import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SOURCE = fileURLToPath(new URL("../src/", import.meta.url));

/** What each folder may import besides itself; the longest matching folder counts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "json.ts": [],
  "random.ts": [],
  ir: ["errors.ts", "json.ts"],
  formats: ["errors.ts", "json.ts", "ir/tensor.ts", "fflate", "protobufjs"],
  "formats/picture": [
    "errors.ts",
    "formats/crc32.ts",
    "formats/hdf5/inflate.ts",
    "fflate",
    "jpeg-js",
  ],
  weights: ["errors.ts", "ir/tensor.ts"],
  architectures: ["errors.ts", "json.ts"],
  surgery: [
    "errors.ts",
    "json.ts",
    "random.ts",
    "architectures",
    "formats",
    "ir",
    "sources/keras",
    "weights",
  ],
  passes: ["errors.ts", "ir", "weights"],
  sources: ["errors.ts", "json.ts", "formats", "ir", "weights"],
  "targets/target.ts": ["ir"],
  "targets/sampling.ts": ["ir"],
  "targets/option-checks.ts": ["errors.ts"],
  "targets/refuse.ts": ["errors.ts", "ir"],
  "targets/onnx": [
    "errors.ts",
    "targets/target.ts",
    "targets/sampling.ts",
    "targets/option-checks.ts",
    "targets/refuse.ts",
    "formats",
    "ir",
    "passes",
    "weights",
  ],
  "targets/coreml-nn": [
    "errors.ts",
    "targets/target.ts",
    "targets/sampling.ts",
    "targets/option-checks.ts",
    "targets/refuse.ts",
    "formats",
    "image",
    "ir",
    "passes",
    "weights",
  ],
  // Keras' words are those of its source.
  "targets/keras": [
    "errors.ts",
    "json.ts",
    "formats",
    "ir",
    "sources/keras",
    "train/optimizers",
    "weights",
  ],
  "targets/tfjs-model": [
    "errors.ts",
    "json.ts",
    "targets/target.ts",
    "targets/sampling.ts",
    "formats/bytes.ts",
    "ir",
    "weights",
  ],
  "targets/tfjs-model/write-graph.ts": ["ir", "targets/tfjs-model", "targets/tfjs"],
  "targets/tfjs": [
    "errors.ts",
    "json.ts",
    "targets/target.ts",
    "targets/sampling.ts",
    "ir",
    "passes",
    "weights",
    "@tensorflow/tfjs-core",
  ],
  image: ["errors.ts", "ir", "random.ts"],
  edit: ["errors.ts", "formats"],
  verify: ["errors.ts", "json.ts", "formats", "image", "ir"],
  diff: ["errors.ts", "json.ts", "formats", "image", "ir", "passes", "sources", "weights"],
  scan: ["errors.ts", "json.ts", "formats", "ir", "sources", "weights"],
  backends: [
    "errors.ts",
    "formats/bytes.ts",
    "ir",
    "targets/onnx",
    "targets/tfjs",
    "onnxruntime-node",
    "@tensorflow/tfjs-backend-cpu",
    "@tensorflow/tfjs-backend-wasm",
    "@tensorflow/tfjs-converter",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-layers",
    "tinypool",
    "node:",
  ],
  evaluate: ["errors.ts"],
  train: [
    "errors.ts",
    "json.ts",
    "evaluate",
    "ir",
    "random.ts",
    "targets/tfjs",
    "@tensorflow/tfjs-core",
  ],
  "train/optimizers": ["errors.ts", "json.ts", "ir", "train/keras-generation.ts"],
  "train/callbacks": ["errors.ts"],
  "train/features": [
    "errors.ts",
    "backends/predictor.ts",
    "ir",
    "passes/split-frozen.ts",
    "train/batch.ts",
    "train/training-data.ts",
  ],
  predict: ["errors.ts", "backends/predictor.ts", "evaluate", "formats", "image", "ir", "verify"],
  report: ["errors.ts", "json.ts", "evaluate", "ir"],
  "report/evaluation": ["errors.ts", "evaluate", "report/plot/escape-xml.ts", "vega"],
  "report/training": [
    "errors.ts",
    "evaluate",
    "report/evaluation",
    "report/plot/escape-xml.ts",
    "vega",
  ],
  io: ["errors.ts", "formats/bytes.ts", "node:"],
  "io/features": [
    "errors.ts",
    "formats/bytes.ts",
    "io",
    "train/features/feature-store.ts",
    "node:",
  ],
  "io/pictures": [
    "errors.ts",
    "formats/picture",
    "image",
    "io",
    "random.ts",
    "train/class-targets.ts",
    "train/sample-order.ts",
    "train/training-data.ts",
    "@jsquash/jpeg",
    "@jsquash/webp",
    "sharp",
    "tinyglobby",
    "tinypool",
    "jpeg-js",
    "node:",
  ],
  cli: [
    "architectures",
    "backends",
    "errors.ts",
    "json.ts",
    "index.ts",
    "edit",
    "evaluate",
    "diff",
    "formats",
    "image",
    "io",
    "ir",
    "passes/fix-input-shapes.ts",
    "passes/split-frozen.ts",
    "predict",
    "report",
    "scan",
    "sources",
    "surgery",
    "targets",
    "train",
    "verify",
    "weights",
    "commander",
    "@resvg/resvg-wasm",
    "node:",
  ],
  "keras-handler.ts": ["errors.ts", "formats/bytes.ts", "sources", "targets/tfjs-model"],
  "node.ts": ["io", "keras-handler.ts"],
  "tfjs.ts": ["keras-handler.ts", "targets"],
  "training.ts": ["sources/keras", "train"],
  "index.ts": [
    "errors.ts",
    "json.ts",
    "edit",
    "formats",
    "image",
    "ir",
    "report",
    "sources",
    "surgery",
    "targets",
    "verify",
  ],
};

const NODE_ONLY = ["Buffer", "process", "console", "__dirname", "setImmediate"];
const SHELL = /^(io|cli|backends)\//;
const GENERATED = /\.gen\.ts$/;

interface SourceText {
  /** Relative to `src/`. */
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly lines: number;
}

const files: readonly SourceText[] = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .sort()
  .map((path) => {
    const text = readFileSync(join(SOURCE, path), "utf8");
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    return { path, tree, lines: text.split("\n").length - 1 };
  });

/** Every node of a file that breaks a rule, as `path:line what`. */
function breaches(test: (node: ts.Node, file: SourceText) => string | undefined): string[] {
  const found: string[] = [];
  for (const file of files) {
    const visit = (node: ts.Node): void => {
      const what = test(node, file);
      if (what !== undefined) found.push(`${file.path}:${lineOf(file, node)} ${what}`);
      ts.forEachChild(node, visit);
    };
    visit(file.tree);
  }
  return found;
}

function lineOf(file: SourceText, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function importedBy(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const { moduleSpecifier } = node;
    return moduleSpecifier && ts.isStringLiteral(moduleSpecifier)
      ? moduleSpecifier.text
      : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    return argument && ts.isStringLiteral(argument) ? argument.text : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : undefined;
  }
  return undefined;
}

function within(path: string, place: string): boolean {
  if (place.endsWith(":")) return path.startsWith(place);
  return path === place || path.startsWith(`${place}/`);
}

function ruleFor(path: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((place) => within(path, place))
    .sort((a, b) => b.length - a.length)[0];
}

describe("imports", () => {
  it("find a rule for every file", () => {
    expect(files.filter(({ path }) => ruleFor(path) === undefined).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it("go only where the folder's rule allows", () => {
    const wrong = breaches((node, { path }) => {
      const specifier = importedBy(node);
      const own = ruleFor(path);
      if (specifier === undefined || own === undefined) return undefined;
      const target = specifier.startsWith(".")
        ? relative(SOURCE, join(SOURCE, dirname(path), specifier))
        : specifier;
      const allowed = [own, ...(MAY_IMPORT[own] ?? [])];
      return allowed.some((place) => within(target, place)) ? undefined : `imports ${specifier}`;
    });
    expect(wrong).toEqual([]);
  });

  it("name files with their extension", () => {
    const wrong = breaches((node) => {
      const specifier = importedBy(node);
      return specifier?.startsWith(".") && !specifier.endsWith(".ts") ? specifier : undefined;
    });
    expect(wrong).toEqual([]);
  });
});

describe("the language", () => {
  it("has no assertions of type, no any, no enums, no default exports", () => {
    const wrong = breaches((node) => {
      if (ts.isNonNullExpression(node)) return "non-null assertion";
      if (ts.isTypeAssertionExpression(node)) return "type assertion";
      if (ts.isAsExpression(node) && node.type.getText() !== "const") return "as";
      if (node.kind === ts.SyntaxKind.AnyKeyword) return "any";
      if (ts.isEnumDeclaration(node)) return "enum";
      if (ts.isExportAssignment(node)) return "default export";
      return node.kind === ts.SyntaxKind.DefaultKeyword && ts.canHaveModifiers(node.parent)
        ? "default export"
        : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it("knows nothing of Node outside io, backends and cli", () => {
    const wrong = breaches((node, { path }) => {
      if (SHELL.test(path) || !ts.isIdentifier(node) || !NODE_ONLY.includes(node.text)) {
        return undefined;
      }
      const { parent } = node;
      const isName =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        ts.isPropertyAssignment(parent) ||
        ts.isPropertySignature(parent) ||
        ts.isInterfaceDeclaration(parent);
      return isName ? undefined : node.text;
    });
    expect(wrong).toEqual([]);
  });

  it("waits only in io, backends, predict, train and cli", () => {
    const wrong = breaches((node, { path }) =>
      !SHELL.test(path) &&
      !/^(predict|train)\//.test(path) &&
      node.kind === ts.SyntaxKind.AsyncKeyword
        ? "async"
        : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it("leaves no comment that silences a tool or postpones work", () => {
    const wrong = files.flatMap(({ path, tree }) =>
      /@ts-|biome-ignore|eslint-|\bTODO\b|\bFIXME\b/.test(tree.text) ? [path] : [],
    );
    expect(wrong).toEqual([]);
  });
});

describe("files", () => {
  it("are at most 400 lines long", () => {
    const wrong = files.filter(({ path, lines }) => lines > 400 && !GENERATED.test(path));
    expect(wrong.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it("are named in kebab case by what they hold", () => {
    const wrong = files.filter(({ path }) => {
      const name = basename(path, ".ts").replace(/\.gen$/, "");
      const vague = ["utils", "util", "helpers", "common", "misc"].includes(name);
      return vague || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("say of every export what it is for", () => {
    const wrong = breaches((node, { path }) => {
      if (GENERATED.test(path) || !isExported(node)) return undefined;
      return isDocumented(node) ? undefined : nameOf(node);
    });
    expect(wrong).toEqual([]);
  });

  it("hold functions that fit on a screen", () => {
    const wrong = breaches((node, file) => {
      const counted =
        ts.isFunctionDeclaration(node) ||
        ts.isMethodDeclaration(node) ||
        ts.isConstructorDeclaration(node);
      if (!counted || node.body === undefined) return undefined;
      const end = file.tree.getLineAndCharacterOfPosition(node.body.getEnd()).line + 1;
      const lines = end - file.tree.getLineAndCharacterOfPosition(node.body.getStart()).line;
      return lines > 50 ? `${nameOf(node)}: ${lines} lines` : undefined;
    });
    expect(wrong).toEqual([]);
  });
});

function isExported(node: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** By a comment of its own, or by the one that heads a list of one-line exports. */
function isDocumented(node: ts.Node): boolean {
  if (ts.getJSDocCommentsAndTags(node).length > 0) return true;
  const text = node.getSourceFile().text;
  const inList = /^[^\n]*\n$/.test(text.slice(node.getFullStart(), node.getStart()) || "-");
  const siblings = node.getSourceFile().statements;
  const before = siblings[siblings.findIndex(({ pos }) => pos === node.pos) - 1];
  const oneLine = !node.getText().includes("\n");
  return inList && oneLine && before !== undefined && isExported(before) && isDocumented(before);
}

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.map(({ name }) => name.getText()).join(", ");
  }
  const named =
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return named && node.name ? node.name.getText() : ts.SyntaxKind[node.kind];
}

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { MAY_IMPORT, ruleFor, within } from "./allowed-imports.ts";

const SOURCE = fileURLToPath(new URL("../src/", import.meta.url));

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

/** The files that are loaded before a file runs: imports of types alone do not count, nor those on demand. */
function loadedBy({ path, tree }: SourceText): readonly string[] {
  return tree.statements.flatMap((statement) => {
    const specifier = isLoading(statement) ? importedBy(statement) : undefined;
    return specifier?.startsWith(".") ? [join(dirname(path), specifier)] : [];
  });
}

function isLoading(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return !statement.isTypeOnly;
  if (!ts.isImportDeclaration(statement)) return false;
  const { importClause: clause } = statement;
  const names = clause?.namedBindings;
  if (clause === undefined || names === undefined || !ts.isNamedImports(names)) return true;
  return !clause.isTypeOnly && names.elements.some(({ isTypeOnly }) => !isTypeOnly);
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

  it("make no ring when they are loaded, but for models within models", () => {
    const loads = new Map(files.map((file) => [file.path, loadedBy(file)]));
    const left = new Set(loads.keys());
    const lone = (path: string) =>
      !loads.get(path)?.some((other) => left.has(other)) ||
      ![...left].some((other) => loads.get(other)?.includes(path));
    for (let size = 0; size !== left.size; ) {
      size = left.size;
      for (const path of left) if (lone(path)) left.delete(path);
    }
    const within = ["functional.ts", "parse-model.ts", "sequential.ts"];
    expect([...left]).toEqual(within.map((name) => `sources/keras/${name}`));
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

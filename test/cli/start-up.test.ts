import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";

const BUNDLE = fileURLToPath(new URL("../../dist/kc/", import.meta.url));
const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));

/** Everything that a file loads before it runs: its imports, and theirs, but for types. */
function loadedBy(path: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const tree = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022);
  for (const statement of tree.statements) {
    const from = specifierOf(statement);
    if (from === undefined) continue;
    if (from.startsWith(".")) loadedBy(join(dirname(path), from), seen);
    else seen.add(from);
  }
  return seen;
}

function specifierOf(statement: ts.Statement): string | undefined {
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const named = clause?.namedBindings;
    const types =
      clause?.isTypeOnly === true ||
      (named !== undefined &&
        ts.isNamedImports(named) &&
        named.elements.every((element) => element.isTypeOnly));
    return types ? undefined : textOf(statement.moduleSpecifier);
  }
  return ts.isExportDeclaration(statement) && !statement.isTypeOnly
    ? textOf(statement.moduleSpecifier)
    : undefined;
}

function textOf(specifier: ts.Expression | undefined): string | undefined {
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

describe.each(["summary", "inspect", "plot", "main"])("kc %s starts without", (command) => {
  const loaded = [...loadedBy(join(SOURCE, "cli", `${command}.ts`))].map((path) =>
    path.startsWith(SOURCE) ? relative(SOURCE, path) : path,
  );

  it("protobuf and all that writes or runs models", () => {
    const heavy = loaded.filter((path) => /protobuf|^formats\/coreml|^targets|^verify/.test(path));
    // Recognises a Core ML model by its first bytes, and reads nothing.
    expect(heavy.filter((path) => path !== "formats/coreml/input.ts")).toEqual([]);
  });
});

describe("kc --help starts without", () => {
  it("any reader of models", () => {
    const loaded = [...loadedBy(join(SOURCE, "cli", "main.ts"))].map((path) =>
      relative(SOURCE, path),
    );
    expect(loaded.filter((path) => /^(sources|formats|report|weights)\//.test(path))).toEqual([]);
  });
});

describe("the command line as installed", () => {
  /** The file that holds a command's own code. */
  const fileOf = (command: string): string =>
    readdirSync(BUNDLE).find((name) => new RegExp(`^${command}-[A-Z0-9]{8}\\.js$`).test(name)) ??
    "";

  it.each(COMMANDS.map(({ name }) => name).filter((name) => name !== "convert"))(
    "loads no tfjs for kc %s",
    (command) => {
      expect(fileOf(command)).not.toBe("");
      const loaded = [...loadedBy(join(BUNDLE, fileOf(command)))];
      expect(loaded.filter((name) => name.startsWith("@tensorflow/"))).toEqual([]);
    },
  );
});

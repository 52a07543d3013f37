// npm run check:coreml [-- micro layers …]: every .mlmodel that kc writes from the fixtures is read by the protobuf
// classes of coremltools: it must parse, hold no unknown field, and give the same bytes when written again.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectBytes, KcError, writeCoreML } from "../../src/index.ts";
import { listCases } from "../../test/cases.ts";
import { type Form, formsOf } from "../../test/forms.ts";
import { CACHE, runPython } from "./python.ts";

const FOLDER = join(CACHE, "coreml");
const VERSION = "9.0";
/** Command lines have a limit. */
const BATCH = 500;

const suites = process.argv.slice(2);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const refused: string[] = [];
const written = (suites.length > 0 ? suites : ["micro", "generations", "snacks", "layers"])
  .flatMap(listCases)
  .flatMap((testCase) =>
    formsOf(testCase).flatMap((form) => writeForm(`${testCase.id}-${form.name}`, form)),
  );
const findings = [];
for (let start = 0; start < written.length; start += BATCH) {
  findings.push(...inspect(written.slice(start, start + BATCH)));
}
const wrong = findings.filter(({ right }) => !right);
for (const line of [...refused, ...wrong.map((finding) => finding.line)]) console.log(line);
console.log(
  `${findings.length - wrong.length} of ${findings.length} files are as coremltools ${VERSION} would write them; ${refused.length} models are refused.`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;

function writeForm(name: string, form: Form): readonly string[] {
  const path = join(FOLDER, `${name.replaceAll(/[^\w.-]/g, "_")}.mlmodel`);
  try {
    writeFileSync(path, collectBytes(writeCoreML(form.read().graph, {}).file));
    return [path];
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    refused.push(`${name}: ${error.message.split("\n")[0]}`);
    return [];
  }
}

interface Finding {
  readonly line: string;
  readonly right: boolean;
}

function inspect(paths: readonly string[]): readonly Finding[] {
  const output = runPython("coreml", [`coremltools==${VERSION}`], "coreml.py", paths);
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const { same_bytes: same, unknown }: { same_bytes?: boolean; unknown?: readonly string[] } =
        JSON.parse(line);
      return { line, right: same === true && unknown?.length === 0 };
    });
}

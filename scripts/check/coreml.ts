// npm run check:coreml [-- micro layers …]: every .mlmodel that kc writes from the fixtures is read by the protobuf
// classes of coremltools: it must parse, hold no unknown field, and give the same bytes when written again.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectBytes, writeCoreML } from "../../src/index.ts";
import { conclude } from "./conclude.ts";
import { COREMLTOOLS } from "./environments.ts";
import { writeFixtures } from "./fixture-files.ts";
import { emptyFolder, runPython } from "./python.ts";

const FOLDER = emptyFolder("coreml");
/** Command lines have a limit. */
const BATCH = 500;

const { files, refused } = writeFixtures((testCase, form) => {
  const name = `${testCase.id}-${form.name}`.replaceAll(/[^\w.-]/g, "_");
  const path = join(FOLDER, `${name}.mlmodel`);
  writeFileSync(path, collectBytes(writeCoreML(form.read().graph, {}).file));
  return [path];
});
const findings = [];
for (let start = 0; start < files.length; start += BATCH) {
  findings.push(...inspect(files.slice(start, start + BATCH)));
}
conclude(
  findings.length,
  `files are as ${COREMLTOOLS.title} would write them; ${refused.length} models are refused`,
  findings.filter(({ right }) => !right).map(({ line }) => line),
);

interface Finding {
  readonly line: string;
  readonly right: boolean;
}

function inspect(paths: readonly string[]): readonly Finding[] {
  const output = runPython(COREMLTOOLS, "coreml.py", paths);
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const { same_bytes: same, unknown }: { same_bytes?: boolean; unknown?: readonly string[] } =
        JSON.parse(line);
      return { line, right: same === true && unknown?.length === 0 };
    });
}

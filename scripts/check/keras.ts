// npm run check:keras [name part…]: upgrades the fixtures of older generations and lets Keras 3 itself load and run the results.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KcError } from "../../src/errors.ts";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { openTraced } from "../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../src/targets/keras/index.ts";
import { type Case, listCases } from "../../test/cases.ts";
import { CACHE, runPython } from "./python.ts";

const FOLDER = join(CACHE, "keras");
const PACKAGES = ["keras==3.15.1", "tensorflow-cpu==2.21.0"];
const FILES = ["model.hdf5", "model.h5", "model.keras"];

const wanted = process.argv.slice(2);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const entries = ["micro", "generations", "layers", "snacks"].flatMap(listCases).flatMap(entriesOf);
const list = join(FOLDER, "list.json");
writeFileSync(list, JSON.stringify(entries));
const lines = runPython("keras3", PACKAGES, "keras_files.py", [list]).trim().split("\n");
const problems = lines
  .map((line): unknown => JSON.parse(line))
  .filter((one) => JSON.stringify(one).includes('"problem":null') === false);
for (const problem of problems) console.log(JSON.stringify(problem));
console.log(
  `${lines.length - problems.length} of ${lines.length} files give in Keras 3 what Keras gave`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The files of a case that Keras 3 did not write, upgraded; none where they are refused. */
function entriesOf(testCase: Case) {
  return FILES.flatMap((file) => {
    const name = `${testCase.id}/${file}`;
    const path = join(testCase.folder, file);
    if (!existsSync(path)) return [];
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return [];
    const model = join(FOLDER, `${name.replaceAll("/", "__")}.keras`);
    try {
      const traced = openTraced(bytesSource(readFileSync(path), file), {});
      if (traced.archive.dialect.generation === 3) return [];
      writeFileSync(
        model,
        collectBytes(writeKeras(traced, { container: ".keras", keras: 3 }).file),
      );
    } catch (error) {
      if (error instanceof KcError) return [];
      throw error;
    }
    return [{ name, model, case: testCase.folder }];
  });
}

// npm run check:onnx [-- micro layers …]: every .onnx that kc writes from the fixtures, whole and with its weights beside it, is read by the
// original programs: ONNX's checker with full and strict inference of shapes, and onnxruntime, whose outputs must be Keras'.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectBytes, KcError, writeOnnx } from "../../src/index.ts";
import { type Case, type CaseArray, listCases } from "../../test/cases.ts";
import { type Form, formsOf } from "../../test/forms.ts";
import { CACHE, runPython } from "./python.ts";

const FOLDER = join(CACHE, "onnx");
const PACKAGES = ["onnx==1.23.2", "onnxruntime==1.32.0", "numpy"];

const suites = process.argv.slice(2);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const refused: string[] = [];
const written = (suites.length > 0 ? suites : ["micro", "generations", "snacks", "layers"])
  .flatMap(listCases)
  .flatMap((testCase) => formsOf(testCase).flatMap((form) => writeForm(testCase, form)));
const list = join(FOLDER, "list.json");
writeFileSync(list, JSON.stringify(written));
const wrong = runPython("onnx", PACKAGES, "onnx_models.py", [list])
  .trim()
  .split("\n")
  .filter(Boolean);
for (const line of [...refused, ...wrong]) console.log(line);
console.log(
  `${written.length - wrong.length} of ${written.length} files are valid (${PACKAGES.join(", ")}) and give what Keras gave; ${refused.length} models are refused.`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;

/** A written model with the arrays that Keras took and gave, in the model's order. */
interface WrittenModel {
  readonly name: string;
  readonly path: string;
  readonly inputs: readonly { readonly name: string; readonly file: string }[];
  readonly outputs: readonly { readonly file: string }[];
  readonly tolerance: { readonly abs: number; readonly rel: number };
}

function writeForm(testCase: Case, form: Form): readonly WrittenModel[] {
  const name = `${testCase.id} ${form.name}`;
  const path = join(FOLDER, `${name.replaceAll(/[^\w.-]/g, "_")}.onnx`);
  try {
    const { graph } = form.read();
    const given = testCase.json.inputs;
    const byName = graph.inputs.every((port) => given.some((array) => array.name === port.name));
    const arrays = graph.inputs.flatMap(
      (port, index) => (byName ? given.find((one) => one.name === port.name) : given[index]) ?? [],
    );
    const inside = writeOnnx(graph);
    const dataFile = "weights.data";
    const beside = writeOnnx(graph, { externalData: true, dataFile });
    const folder = path.replace(/\.onnx$/, "");
    mkdirSync(folder);
    writeFileSync(path, collectBytes(inside.file));
    writeFileSync(join(folder, "model.onnx"), collectBytes(beside.file));
    if (beside.data !== undefined) {
      writeFileSync(join(folder, dataFile), collectBytes(beside.data.file));
    }
    const place = (array: CaseArray) => ({ ...array, file: join(testCase.folder, array.file) });
    const model = {
      inputs: inside.summary.inputs.flatMap((port, index) => {
        const array = arrays[index];
        return array === undefined ? [] : [{ ...place(array), name: port.name }];
      }),
      outputs: testCase.json.outputs.map(place),
      tolerance: testCase.json.tolerance,
    };
    return [
      { name, path, ...model },
      { name: `${name}, weights beside`, path: join(folder, "model.onnx"), ...model },
    ];
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    refused.push(`${name}: ${error.message.split("\n")[0]}`);
    return [];
  }
}

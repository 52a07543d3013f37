// npm run check:onnx [-- micro layers …]: every .onnx that kc writes from the fixtures, whole and with its weights beside it, is read by the
// original programs: ONNX's checker with full and strict inference of shapes, and onnxruntime, whose outputs must be Keras'.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectBytes, writeOnnx } from "../../src/index.ts";
import type { Case, CaseArray } from "../../test/cases.ts";
import type { Form } from "../../test/forms.ts";
import { conclude } from "./conclude.ts";
import { ONNX } from "./environments.ts";
import { writeFixtures } from "./fixture-files.ts";
import { emptyFolder, runPython } from "./python.ts";

const FOLDER = emptyFolder("onnx");

const { files, refused } = writeFixtures(writeForm);
const list = join(FOLDER, "list.json");
writeFileSync(list, JSON.stringify(files));
conclude(
  files.length,
  `files are valid (${ONNX.title}) and give what Keras gave; ${refused.length} models are refused`,
  runPython(ONNX, "onnx_models.py", [list]).trim().split("\n").filter(Boolean),
);

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
}

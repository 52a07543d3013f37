// npm run check:architectures [-- name part…]: published architectures built by kc, with weights that Keras saved apart from them, loaded by
// name and evaluated; with the classifier, without it, and a base out of a file with one.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ByteSource, bytesSource } from "../../src/formats/bytes.ts";
import { buildArchitecture } from "../../src/surgery/build-architecture.ts";
import { loadWeightsInto } from "../../src/surgery/load-weights.ts";
import { newHead } from "../../src/surgery/new-head.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { type Case, type CaseFile, readArray } from "../../test/cases.ts";
import { conclude } from "./conclude.ts";
import { KERAS_2, KERAS_3, TF_KERAS } from "./environments.ts";
import { CACHE, installable, runPython } from "./python.ts";

const FOLDER = join(CACHE, "architectures");

interface ArchitectureCase extends CaseFile {
  readonly weights: string;
  readonly arguments: {
    readonly alpha?: number;
    readonly input_shape: readonly number[];
    readonly include_top?: boolean;
    readonly pooling?: "avg" | "max";
    readonly classes?: number;
  };
}

mkdirSync(FOLDER, { recursive: true });
for (const environment of installable([KERAS_2, TF_KERAS, KERAS_3])) {
  const script = environment === KERAS_2 ? "architectures_keras2.py" : "architectures.py";
  process.stderr.write(runPython(environment, script, [FOLDER]));
}
const only = process.argv.slice(2);
const names = readdirSync(FOLDER).filter(
  (id) => only.length === 0 || only.some((part) => id.includes(part)),
);
const rows = names.map((id) => [id, check(id)] as const);
console.table(Object.fromEntries(rows));
const failed = rows.filter(([, { difference, left }]) => !(difference <= 2e-4) || left !== 0);
conclude(
  rows.length,
  "architectures agree with Keras",
  failed.map(
    ([id, { difference, left }]) => `${id}: differs by ${difference}, ${left} layers left`,
  ),
);

/** The largest difference, layers of a model or file without weights, and layers of a base out of this file under a new head. */
function check(id: string) {
  const folder = join(FOLDER, id);
  const json: ArchitectureCase = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  const testCase: Case = { id, folder, json };
  const source = () => bytesSource(readFileSync(join(folder, json.weights)), json.weights);
  const options = optionsOf(json);
  const { traced, loaded, missing, unused } = loadWeightsInto(
    buildArchitecture(json.name, { ...options, seed: 5, like: source() }),
    source(),
  );
  const base = buildArchitecture(json.name, { ...options, includeTop: false, like: source() });
  const headed = newHead(base, { classes: 3 });
  return {
    difference: difference(testCase, traced.trace.graph),
    layers: loaded.length,
    left: missing.length + unused.length,
    base: baseOf(headed.traced, source()),
  };
}

/** How many layers a base under another head takes; files of states name no layers, so that a head after them is too much. */
function baseOf(traced: Parameters<typeof loadWeightsInto>[0], source: ByteSource) {
  return source.name.endsWith(".weights.h5") ? "-" : loadWeightsInto(traced, source).loaded.length;
}

function optionsOf({ arguments: given }: ArchitectureCase) {
  const { alpha, input_shape: inputShape, include_top: includeTop, pooling, classes } = given;
  return {
    inputShape,
    ...(alpha === undefined ? {} : { alpha }),
    ...(includeTop === undefined ? {} : { includeTop }),
    ...(pooling === undefined ? {} : { pooling }),
    ...(classes === undefined ? {} : { classes }),
  };
}

function difference(testCase: Case, graph: Parameters<typeof evaluate>[0] | undefined): number {
  const [input] = testCase.json.inputs;
  const [output] = testCase.json.outputs;
  const [port] = graph?.inputs ?? [];
  if (graph === undefined || input === undefined || output === undefined || port === undefined) {
    return Number.NaN;
  }
  const data = Float64Array.from(readArray(testCase, input));
  const [got] = evaluate(graph, new Map([[port.name, { shape: input.shape, data }]]));
  const expected = readArray(testCase, output);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const differences = Array.from(expected, (value, at) =>
    Math.abs(value - (got?.data[at] ?? Number.NaN)),
  );
  return Number(
    (differences.reduce((most, value) => Math.max(most, value), 0) / scale).toPrecision(2),
  );
}

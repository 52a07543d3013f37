// npm run check:applications [-- tf_ResNet50 …]: the keras.applications architectures of tf.keras 2.15 and Keras 3,
// saved with seeded weights, read by kc and evaluated, and converted by the command and run as Core ML.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { type Case, readArray } from "../../test/cases.ts";
import { formsOf } from "../../test/forms.ts";
import { compareWithKeras } from "../../test/verify/run-case.ts";
import { conclude } from "./conclude.ts";
import { convertWithCommand } from "./converted.ts";
import { KERAS_3, TF_KERAS } from "./environments.ts";
import { CACHE, installable, runPython } from "./python.ts";

const FOLDER = join(CACHE, "applications");
const PROGRAMS = [
  { prefix: "tf_", ...TF_KERAS },
  { prefix: "k3_", ...KERAS_3 },
];

const only = process.argv.slice(2);
makeCases();
const cases = listApplications().filter(({ id }) => only.length === 0 || only.includes(id));
const rows = cases.flatMap(checkApplication);
console.table(Object.fromEntries(rows));
const failed = rows.filter(([, row]) => !Object.values(row).every((value) => isRight(value)));
conclude(
  rows.length,
  "files agree with Keras",
  failed.map(([name, row]) => `${name}: ${row.graph}; ${row["Core ML"]}`),
);

function makeCases(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const { prefix, ...environment } of installable(PROGRAMS)) {
    const names = only.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
    if (only.length > 0 && names.length === 0) continue;
    process.stderr.write(runPython(environment, "applications.py", [FOLDER, ...names]));
  }
}

function listApplications(): readonly Case[] {
  return readdirSync(FOLDER).flatMap((id) => {
    const folder = join(FOLDER, id);
    const facts = join(folder, "case.json");
    // Written last: without it Keras did not finish.
    return existsSync(facts) ? [{ id, folder, json: JSON.parse(readFileSync(facts, "utf8")) }] : [];
  });
}

type Row = Readonly<Record<"graph" | "Core ML", string | number>>;

function checkApplication(testCase: Case): (readonly [string, Row])[] {
  return formsOf(testCase).map((form) => {
    const row = {
      graph: attempt(() => differenceOfGraph(testCase, form)),
      "Core ML": attempt(
        () => compareWithKeras(convertWithCommand(testCase, form.name), testCase).largest,
      ),
    };
    console.error(`${testCase.id}/${form.name}: ${row.graph}; ${row["Core ML"]}`);
    return [`${testCase.id}/${form.name}`, row] as const;
  });
}

function differenceOfGraph(testCase: Case, form: ReturnType<typeof formsOf>[number]): number {
  const { graph } = form.read();
  const inputs = graph.inputs.flatMap(({ name }, index) => {
    const array = testCase.json.inputs[index];
    if (array === undefined) return [];
    const data = Float64Array.from(readArray(testCase, array));
    return [[name, { shape: array.shape, data }] as const];
  });
  return largestDifference(testCase, evaluate(graph, new Map(inputs))[0]?.data ?? []);
}

function largestDifference(testCase: Case, got: ArrayLike<number>): number {
  const [output] = testCase.json.outputs;
  if (output === undefined) throw new Error("the case has no output");
  const expected = readArray(testCase, output);
  if (got.length !== expected.length)
    throw new Error(`${got.length} numbers, expected ${expected.length}`);
  const differences = expected.map((value, index) => Math.abs(value - (got[index] ?? Number.NaN)));
  return Number(differences.reduce((most, value) => Math.max(value, most), 0).toPrecision(2));
}

/** The number, or why there is none. */
function attempt(run: () => number): string | number {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "").slice(0, 120) : "failed";
  }
}

/** Outputs are probabilities of ten classes: float32 arithmetic over a hundred layers stays within this. */
function isRight(value: string | number): boolean {
  return typeof value === "number" && value <= 2e-4;
}

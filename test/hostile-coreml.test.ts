import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectCoreML } from "../src/cli/inspect-coreml.ts";
import { editCoreML } from "../src/edit/edit.ts";
import { KcError } from "../src/errors.ts";
import { bytesSource, collectBytes } from "../src/formats/bytes.ts";
import { openCoreML } from "../src/formats/coreml/open.ts";
import { coreMLInspectionText } from "../src/report/coreml-inspection-text.ts";
import { summaryTable } from "../src/report/summary-table.ts";
import { summariseCoreML } from "../src/sources/coreml/summarise.ts";
import { readKeras } from "../src/sources/keras/index.ts";
import {
  compareModels,
  planInputs,
  randomSamples,
  seededRandom,
} from "../src/verify/compare/index.ts";
import { FIXTURES } from "./cases.ts";
import { STRUCTURAL } from "./coreml-mutants.ts";
import { MUTATIONS, random } from "./mutations.ts";

/** The slowest that any mutant may be, in milliseconds, and the most memory, in bytes. */
const SLOWEST = 2_000;
const LARGEST = 300 * 2 ** 20;
const SEEDS = 5;

/** What is done to every mutant, as the commands do it. */
const USES: Readonly<Record<string, (bytes: Uint8Array, keras: Uint8Array | undefined) => void>> = {
  inspect(bytes) {
    const inspection = inspectCoreML(bytesSource(bytes, "m.mlmodel"), {
      statistics: true,
      tree: true,
    });
    JSON.stringify(inspection);
    coreMLInspectionText(inspection);
  },
  summary(bytes) {
    const { summary } = summariseCoreML(openCoreML(bytesSource(bytes)).model, { name: "m" });
    summaryTable(summary, "keras3", { columns: 100, expand: true, trainable: true });
  },
  edit(bytes) {
    const facts = inspectCoreML(bytesSource(bytes), { statistics: false, tree: false }).model;
    const names = [...facts.inputs, ...facts.outputs].map(({ name }) => name);
    const rename = Object.fromEntries(names.map((name, index) => [name, `renamed_${index}`]));
    const picture =
      facts.kind !== "ML Program" && facts.inputs.some(({ type }) => type.startsWith("picture"));
    const { file } = editCoreML(bytesSource(bytes), {
      rename,
      author: "Ann",
      userDefined: { a: "b", coremltoolsVersion: "" },
      ...(facts.labels
        ? { classLabels: Array.from(Array(facts.labels.count), (_, i) => `l${i}`) }
        : {}),
      ...(picture ? { imageScale: 2, colorOrder: "bgr" } : {}),
    });
    collectBytes(file);
  },
  verify(bytes, keras) {
    if (keras === undefined) return;
    const { graph } = readKeras(bytesSource(keras));
    const { model } = openCoreML(bytesSource(bytes));
    const samples = randomSamples(planInputs(graph, model, undefined), 1, seededRandom(1));
    compareModels(graph, model, samples, {});
  },
};

describe.each([
  ["a network", "micro/lstm/golden.mlmodel", "micro/lstm/model.hdf5"],
  [
    "a classifier of pictures",
    "micro/arg_image_bgr/golden.mlmodel",
    "micro/arg_image_bgr/model.hdf5",
  ],
  ["an updatable network", "micro/arg_respect_trainable_adam/golden.mlmodel", undefined],
  [
    "an ML Program",
    "mlpackage/examples/cnn-int8.mlpackage/Data/com.apple.CoreML/model.mlmodel",
    undefined,
  ],
])("mutants of %s", (_, path, kerasPath) => {
  const read = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));
  const original = read(path);
  const keras = kerasPath === undefined ? undefined : read(kerasPath);

  it.each(Object.keys(USES))(
    "are refused or used by kc %s, quickly and in little memory",
    (use) => {
      const before = process.resourceUsage().maxRSS;
      const outcomes = new Map<string, number>();
      const slow: string[] = [];
      for (const [kind, mutate] of Object.entries({ ...MUTATIONS, ...STRUCTURAL })) {
        for (let seed = 0; seed < SEEDS; seed++) {
          const mutant = mutate(original, random(seed));
          const start = process.cpuUsage().user;
          const code = outcomeOf(`${kind}, seed ${seed}`, () => USES[use]?.(mutant, keras));
          if (process.cpuUsage().user - start > SLOWEST * 1000) slow.push(`${kind}, seed ${seed}`);
          outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
        }
      }
      expect(slow).toEqual([]);
      expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(LARGEST);
      expect(outcomes.get("internal")).toBe(undefined);
      expect(outcomes.get("done")).toBeGreaterThan(5);
      if (use !== "verify" || keras !== undefined) {
        expect(outcomes.get("corrupt-file")).toBeGreaterThan(5);
      }
    },
  );
});

/** `done`, or the code of the refusal; names the mutant in whatever is wrongly thrown. */
function outcomeOf(name: string, use: () => void): string {
  try {
    use();
    return "done";
  } catch (error) {
    if (error instanceof KcError) return error.code;
    throw new Error(`${name}: ${error}`, { cause: error });
  }
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { readFloat64 } from "../../../src/ir/tensor.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { openTraced } from "../../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../../src/targets/keras/index.ts";
import { type Case, listCases } from "../../cases.ts";
import { difference } from "./difference.ts";
import { REFUSED } from "./refused.ts";

const FILES = ["model.hdf5", "model.h5", "model.keras"];

function sourceOf(testCase: Case) {
  const file = FILES.find((name) => existsSync(join(testCase.folder, name)));
  if (file === undefined) return undefined;
  return bytesSource(readFileSync(join(testCase.folder, file)), file);
}

function upgraded(testCase: Case): { readonly before: Graph | undefined; readonly after: Graph } {
  const source = sourceOf(testCase);
  if (source === undefined) throw new Error(`${testCase.id} has no model`);
  const traced = openTraced(source, {});
  const bytes = collectBytes(writeKeras(traced, { container: ".keras", keras: 3 }).file);
  const { graph } = readKeras(bytesSource(bytes, "new.keras"));
  return { before: traced.trace.graph, after: graph };
}

/** All numbers of all weights, by layer, step and role. */
function weightsByPlace({ nodes }: Graph): ReadonlyMap<string, Float64Array> {
  const counts = new Map<string, number>();
  return new Map(
    nodes.flatMap(({ op, origin }) => {
      // Keras 3 takes no slashes in names.
      const place = `${plain(origin.layer)} ${origin.call} ${op.kind}`;
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      return Object.entries(op.weights).flatMap(([role, ref]) =>
        ref === undefined ? [] : [[`${place} ${count} ${role}`, readFloat64(ref)] as const],
      );
    }),
  );
}

function plain(path: string): string {
  return path.replaceAll("/", "_");
}

/** Layers whose gates were scaled, with the old hard_sigmoid. */
const SCALED = /LSTM|GRU|Bidirectional|RNN|TimeDistributed/;

for (const suite of ["micro", "generations", "layers", "snacks"]) {
  describe(`${suite}, as files of Keras 3`, () => {
    for (const testCase of listCases(suite).filter((one) => sourceOf(one) !== undefined)) {
      const refusal = REFUSED.get(testCase.id);
      if (refusal !== undefined) {
        test(`${testCase.json.name} is refused`, () => {
          expect(() => upgraded(testCase)).toThrow(KcError);
          expect(() => upgraded(testCase)).toThrow(refusal);
        });
        continue;
      }
      test(`${testCase.json.name} gives what Keras gave, from the same weights`, () => {
        const { before, after } = upgraded(testCase);
        expect(difference(after, testCase)).toBeUndefined();
        const [old, fresh] = [before, after].map((graph) => graph && weightsByPlace(graph));
        const scaled = new Set(
          before?.nodes.flatMap(({ origin }) =>
            SCALED.test(origin.className) ? [plain(origin.layer)] : [],
          ),
        );
        const changed = [...(old ?? [])].filter(([place, numbers]) => {
          if (scaled.has(place.split(" ")[0] ?? "")) return false;
          const now = fresh?.get(place);
          return now === undefined || !numbers.every((number, at) => Object.is(number, now[at]));
        });
        expect(changed.map(([place]) => place)).toEqual([]);
      });
    }
  });
}

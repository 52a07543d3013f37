import { KcError } from "../../../src/errors.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { formatShape } from "../../../src/ir/tensor.ts";
import type { NamedRunArray, RunArray } from "../../../src/targets/tfjs/index.ts";
import { type Case, listCases, readArray } from "../../cases.ts";
import { formsOf } from "../../forms.ts";

/** A case whose model can be read at all; `test/forward.test.ts` lists the others with their refusals. */
export interface ReadableCase {
  readonly testCase: Case;
  graph(): Graph;
}

/** All cases of the suites that hold a model that can be read. */
export function readableCases(suites: readonly string[]): readonly ReadableCase[] {
  return suites.flatMap(listCases).flatMap((testCase) => {
    const [form] = formsOf(testCase);
    if (form === undefined || isRefused(() => form.read())) return [];
    return [{ testCase, graph: () => form.read().graph }];
  });
}

function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return true;
    throw error;
  }
}

/** The case's inputs by name; Keras 3 names some by its own count, then their order tells. */
export function caseInputs(
  ports: readonly { readonly name: string }[],
  testCase: Case,
): ReadonlyMap<string, RunArray> {
  const given = testCase.json.inputs;
  const byName = ports.every((port) => given.some((array) => array.name === port.name));
  return new Map(
    ports.flatMap(({ name }, index) => {
      const array = byName ? given.find((one) => one.name === name) : given[index];
      if (array === undefined) return [];
      return [[name, { shape: array.shape, data: readArray(testCase, array) }] as const];
    }),
  );
}

/** What differs from Keras' outputs by more than the case allows; empty when nothing does. */
export function caseDifferences(
  results: readonly NamedRunArray[],
  testCase: Case,
): readonly string[] {
  const { outputs, tolerance } = testCase.json;
  if (results.length !== outputs.length) return [`${results.length} outputs`];
  return results.flatMap((result, index) => {
    const expected = outputs[index];
    if (expected === undefined) return [];
    if (formatShape(result.shape) !== formatShape(expected.shape)) {
      return [`${result.name} has shape ${formatShape(result.shape)}`];
    }
    const numbers = readArray(testCase, expected);
    const off = numbers.findIndex((right, i) => {
      const got = result.data[i] ?? Number.NaN;
      return !(Math.abs(got - right) <= tolerance.abs + tolerance.rel * Math.abs(right));
    });
    if (off < 0) return [];
    return [`${result.name}[${off}] is ${result.data[off]} instead of ${numbers[off]}`];
  });
}

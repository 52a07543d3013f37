import { formatShape } from "../src/ir/tensor.ts";
import { type Case, readArray } from "./cases.ts";

/** Numbers of an input as the case has them. */
export interface CaseNumbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a program gave for an output. */
export interface CaseResult {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The case's inputs by name; Keras 3 names some by its own count, then their order tells. */
export function caseInputs(
  ports: readonly { readonly name: string }[],
  testCase: Case,
): ReadonlyMap<string, CaseNumbers> {
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
export function caseDifferences(results: readonly CaseResult[], testCase: Case): readonly string[] {
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

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import {
  FIRST_OPSETS,
  isProgramOperation,
} from "../../../src/formats/coreml/program-operations.ts";
import type {
  MILSpecArgument,
  MILSpecDataType,
  MILSpecOperation,
} from "../../../src/formats/coreml/types.gen.ts";
import { OperationCall, type OperationResult } from "../../../src/verify/program/call.ts";
import { operationRuns } from "../../../src/verify/program/operations/index.ts";
import type { ProgramValue } from "../../../src/verify/program/value.ts";
import { FIXTURES } from "../../cases.ts";

/** What TensorFlow or numpy gives for one operation. */
interface OperationCase {
  readonly operation: string;
  readonly inputs: Readonly<Record<string, StoredValue>>;
  readonly outputs: readonly StoredTensor[];
}

interface StoredTensor {
  readonly type: MILSpecDataType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type StoredValue =
  | StoredTensor
  | { readonly text: string }
  | { readonly list: readonly StoredTensor[] };

const CASES: readonly OperationCase[] = JSON.parse(
  readFileSync(join(FIXTURES, "mlpackage/operations.json"), "utf8"),
);

function valuesOf(stored: StoredValue): readonly ProgramValue[] {
  if ("text" in stored) return [{ kind: "text", text: [stored.text] }];
  const tensors = "list" in stored ? stored.list : [stored];
  return tensors.map(({ type, shape, data }) => ({
    kind: "tensor",
    tensor: { dataType: type, shape, data: Float32Array.from(data) },
  }));
}

function callOf({ operation, inputs, outputs }: OperationCase): OperationCall {
  const message: MILSpecOperation = {
    type: operation,
    inputs: new Map<string, MILSpecArgument>(),
    outputs: outputs.map((_, index) => ({ name: `y${index}` })),
  };
  const values = Object.entries(inputs).map(([name, stored]) => [name, valuesOf(stored)] as const);
  return new OperationCall(message, "one", new Map(values));
}

function runCase(one: OperationCase): readonly OperationResult[] {
  const run = isProgramOperation(one.operation) && one.operation !== "const";
  const compute = run ? operationRuns[one.operation] : undefined;
  if (typeof compute !== "function") throw new Error(`${one.operation} is not computed`);
  const call = callOf(one);
  const made = compute(call);
  expect(call.unread).toEqual([]);
  return "length" in made ? made : [made];
}

describe("operations give what TensorFlow and numpy give", () => {
  test.each(CASES.map((one, index) => [`${one.operation} (${index})`, one] as const))(
    "%s",
    (_, one) => {
      const results = runCase(one);
      one.outputs.forEach(({ type, shape, data }, index) => {
        const result = results[index];
        if (result === undefined || "kind" in result) throw new Error("no tensor came out");
        expect([...result.shape]).toEqual(shape);
        // Operations on whole numbers drop fractions only after they are computed.
        const numbers = [...result.data].map((value) =>
          type === "INT32" ? Math.trunc(value) : value,
        );
        data.forEach((want, at) => {
          expect(Math.abs((numbers[at] ?? Number.NaN) - want)).toBeLessThan(
            3e-6 * Math.max(1, Math.abs(want)),
          );
        });
        const inherited = one.inputs.x !== undefined && "type" in one.inputs.x && one.inputs.x.type;
        expect(result.dataType ?? inherited).toBe(type);
      });
    },
  );
});

describe("every operation", () => {
  it("is computed, or refused with a reason", () => {
    expect(Object.keys(operationRuns).sort()).toEqual(
      Object.keys(FIRST_OPSETS)
        .filter((name) => name !== "const")
        .sort(),
    );
  });
});

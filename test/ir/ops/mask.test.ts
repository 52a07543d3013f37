import { expect, test } from "vitest";
import type { Op } from "../../../src/ir/ops/index.ts";
import { shapesOf } from "./infer.ts";

const NONE = { weights: {} } as const;

test("masks have the axes that they mask, and fit them only", () => {
  const mask: Op = { kind: "notEqualMask", value: 0, reduceLast: true, ...NONE };
  expect(shapesOf(mask, [null, 5, 3])).toEqual([[null, 5]]);
  expect(shapesOf({ kind: "applyMask", ...NONE }, [null, 5, 3], [null, 5])).toEqual([[null, 5, 3]]);
  expect(() => shapesOf({ kind: "applyMask", ...NONE }, [null, 5, 3], [null, 4])).toThrow(
    "The mask (null, 4) does not fit the input (null, 5, 3).",
  );
});

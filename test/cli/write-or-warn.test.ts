import { expect, it } from "vitest";
import { writeOrWarn } from "../../src/cli/write-or-warn.ts";
import { fail } from "../../src/errors.ts";

it("tells that a file cannot be written, and goes on", async () => {
  const told: string[] = [];
  await writeOrWarn(
    (text) => told.push(text),
    () => fail("io-write", "a.csv cannot be written."),
  );
  expect(told).toEqual(["a.csv cannot be written. The run goes on."]);
});

it("does not swallow other faults", async () => {
  const write = () =>
    writeOrWarn(
      () => {},
      () => fail("internal", "A fault."),
    );
  await expect(write).rejects.toThrow("A fault.");
});

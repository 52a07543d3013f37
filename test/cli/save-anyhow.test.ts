import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { saveAnyhow } from "../../src/cli/save-anyhow.ts";
import { fail, KcError } from "../../src/errors.ts";
import { temporaryFolder } from "../temporary.ts";

/** What it is refused with. */
async function failure(path: string, save: (path: string) => Promise<void>): Promise<KcError> {
  const error: unknown = await saveAnyhow(path, save).catch((thrown: unknown) => thrown);
  return error instanceof KcError ? error : fail("internal", `${error}`);
}

test("what can be written lies where it should", async () => {
  const path = join(temporaryFolder(), "tuned.h5");
  await saveAnyhow(path, async (where) => writeFileSync(where, "model"));
  expect(readFileSync(path, "utf8")).toBe("model");
});

test("what cannot be written there is written elsewhere, and that is said", async () => {
  const error = await failure("full/tuned.h5", async (where) => {
    if (where === "full/tuned.h5") fail("io-write", "The disk is full.");
    writeFileSync(where, "model");
  });
  expect([error.code, error.message]).toEqual(["io-write", expect.stringMatching(/^The disk/)]);
  const [, elsewhere = ""] = /The model is in (.*) instead/.exec(error.message) ?? [];
  expect(elsewhere).toMatch(/tuned\.h5$/);
  expect(readFileSync(elsewhere, "utf8")).toBe("model");
  rmSync(dirname(elsewhere), { recursive: true });
});

test("other failures, and disks that are all full, are told as they are", async () => {
  const failing = (code: "io-write" | "unsupported") => async () => fail(code, "No.");
  for (const code of ["io-write", "unsupported"] as const) {
    const error = await failure("tuned.h5", failing(code));
    expect([error.code, error.message]).toEqual([code, "No."]);
  }
});

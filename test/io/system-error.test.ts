import { expect, it } from "vitest";
import { systemCode, systemText } from "../../src/io/system-error.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: some text, open 'x'`), { code });
}

it.each([
  ["EROFS", "the disk is read-only"],
  ["ENOSPC", "no space left on the disk"],
  ["EACCES", "permission denied"],
  ["EPIPE", "the program that reads the output has stopped"],
])("tells %s in words", (code, text) => {
  expect(systemCode(systemError(code))).toBe(code);
  expect(systemText(systemError(code))).toBe(text);
});

it("keeps the system's own words for a rare error", () => {
  expect(systemText(systemError("EXDEV"))).toBe("EXDEV: some text, open 'x'");
  expect(systemCode(new Error("plain"))).toBe("");
});

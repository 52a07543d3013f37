import { afterEach, describe, expect, it, vi } from "vitest";
import { openTerminal, type Terminal } from "../../src/cli/terminal.ts";

/** What a terminal writes, where a person looks or not. */
function written(
  isTTY: boolean,
  env: Readonly<Record<string, string>>,
  use: (t: Terminal) => void,
) {
  const texts: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => texts.push(String(text)) > 0);
  const before = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
  Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  use(openTerminal());
  Object.defineProperty(
    process.stderr,
    "isTTY",
    before ?? { value: undefined, configurable: true },
  );
  return texts.join("");
}

function talk(terminal: Terminal): void {
  terminal.progress("Writing: 1 %");
  terminal.progress("Writing: 2 %");
  terminal.say(terminal.red("error:"));
  terminal.progress("");
}

const PROGRESS = "Writing: 1 %\r\u001b[2KWriting: 2 %\r\u001b[2K";

describe("a terminal", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it("shows colours and a line of progress that goes away", () => {
    expect(written(true, { TERM: "xterm", NO_COLOR: "" }, talk)).toBe(
      `${PROGRESS}\u001b[31merror:\u001b[0m\n`,
    );
  });

  it("shows no colours with NO_COLOR", () => {
    expect(written(true, { TERM: "xterm", NO_COLOR: "1" }, talk)).toBe(`${PROGRESS}error:\n`);
  });

  it.each([
    [false, "xterm"],
    [true, "dumb"],
  ])("is plain text where it is none (%s, %s)", (isTTY, term) => {
    expect(written(isTTY, { TERM: term, NO_COLOR: "" }, talk)).toBe("error:\n");
  });
});

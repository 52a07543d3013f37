import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../../src/cli/main.ts";

/** What one command line did. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as installed; `npm test` builds it first. */
export const KC = fileURLToPath(new URL("../../bin/kc.js", import.meta.url));

/** Runs a command line in this process. */
export async function run(...argv: readonly string[]): Promise<Run> {
  const texts = { stdout: "", stderr: "" };
  const catchTexts = (name: "stdout" | "stderr") =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    });
  const spies = [catchTexts("stdout"), catchTexts("stderr")];
  try {
    const code = await main(argv);
    return { code, ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a command line in a process of its own, through `bin/kc.js`. */
export function spawn(
  argv: readonly string[],
  options: {
    readonly input?: Uint8Array;
    readonly stdout?: number;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Run & { readonly bytes: Uint8Array } {
  const result = spawnSync(process.execPath, [KC, ...argv], {
    input: options.input,
    stdio: ["pipe", options.stdout ?? "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    maxBuffer: 2 ** 28,
  });
  return {
    code: result.status ?? -1,
    stdout: String(result.stdout ?? ""),
    stderr: String(result.stderr),
    bytes: new Uint8Array(result.stdout ?? []),
  };
}

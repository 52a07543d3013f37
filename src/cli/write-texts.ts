import { checkOutput } from "../io/node.ts";
import type { Terminal } from "./terminal.ts";
import { type WritingWishes, writeInterruptibly } from "./write-interruptibly.ts";

/** A text that goes to a file, `-` for the standard output, or nowhere. */
export interface TextOutput {
  readonly path: string | undefined;
  /** Made only where it is wanted. */
  readonly text: () => string;
}

/** Refuses outputs that cannot be written, before any work. Throws `io-write`, `bad-option`. */
export function checkTexts(paths: readonly (string | undefined)[], force: boolean): void {
  for (const path of paths) if (path !== undefined && path !== "-") checkOutput(path, force);
}

/** Writes each text that is wanted, whole or not at all. */
export async function writeTexts(
  outputs: readonly TextOutput[],
  wishes: WritingWishes,
  terminal: Terminal,
): Promise<void> {
  for (const { path, text } of outputs) {
    if (path === undefined) continue;
    if (path === "-") process.stdout.write(text());
    else {
      const bytes = new TextEncoder().encode(text());
      const file = { byteLength: bytes.length, chunks: () => [bytes] };
      await writeInterruptibly(path, file, wishes, terminal);
      if (!wishes.quiet) terminal.say(`${path} written`);
    }
  }
}

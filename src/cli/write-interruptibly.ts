import type { OutputBytes } from "../formats/bytes.ts";
import { writeOutput } from "../io/node.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Writes a result, showing how far it is. A signal removes what was written and then ends the process as that
 * signal would have, so that a shell sees an interrupted command.
 */
export async function writeInterruptibly(
  path: string,
  file: OutputBytes,
  options: { readonly force: boolean; readonly quiet: boolean },
  terminal: Terminal,
): Promise<void> {
  const abort = new AbortController();
  let received: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals) => {
    received ??= signal;
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  // Without a listener the system kills the process when a file exceeds ulimit -f.
  process.on("SIGXFSZ", ignore);
  try {
    await writeOutput(path, file, {
      force: options.force,
      signal: abort.signal,
      onProgress(written) {
        const percent = Math.floor((100 * written) / file.byteLength);
        if (!options.quiet) terminal.progress(`Writing ${path}: ${percent} %`);
      },
    });
  } finally {
    terminal.progress("");
    for (const signal of SIGNALS) process.off(signal, stop);
    process.off("SIGXFSZ", ignore);
    if (received !== undefined) process.kill(process.pid, received);
  }
}

function ignore(): void {}

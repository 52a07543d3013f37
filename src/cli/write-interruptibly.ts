import type { OutputBytes, OutputFile } from "../formats/bytes.ts";
import { type WriteFolderOptions, writeFolder, writeOutput } from "../io/node.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How the user wants it. */
export interface WritingWishes {
  readonly force: boolean;
  readonly quiet: boolean;
}

/**
 * Writes a result, showing how far it is. A signal removes what was written and then ends the process as that
 * signal would have, so that a shell sees an interrupted command.
 */
export async function writeInterruptibly(
  path: string,
  file: OutputBytes,
  options: WritingWishes,
  terminal: Terminal,
): Promise<void> {
  const show = progressOf(path, file.byteLength, options, terminal);
  await interruptibly(terminal, (signal) =>
    writeOutput(path, file, { force: options.force, signal, onProgress: show }),
  );
}

/** The same for a result of several files in a folder of its own. */
export async function writeFolderInterruptibly(
  path: string,
  files: readonly OutputFile[],
  options: WritingWishes & Pick<WriteFolderOptions, "replaces">,
  terminal: Terminal,
): Promise<void> {
  const total = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const show = progressOf(path, total, options, terminal);
  const { force, replaces } = options;
  await interruptibly(terminal, (signal) =>
    writeFolder(path, files, { force, replaces, signal, onProgress: show }),
  );
}

function progressOf(
  path: string,
  total: number,
  { quiet }: WritingWishes,
  terminal: Terminal,
): (written: number) => void {
  return (written) => {
    const percent = Math.floor((100 * written) / total);
    if (!quiet) terminal.progress(`Writing ${path}: ${percent} %`);
  };
}

async function interruptibly(
  terminal: Terminal,
  write: (signal: AbortSignal) => Promise<void>,
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
    await write(abort.signal);
  } finally {
    terminal.progress("");
    for (const signal of SIGNALS) process.off(signal, stop);
    process.off("SIGXFSZ", ignore);
    if (received !== undefined) process.kill(process.pid, received);
  }
}

function ignore(): void {}

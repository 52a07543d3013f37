import type { Terminal } from "./terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does long work that a signal ends early but in good order: the first signal aborts what the work is given, the second ends the
 * process at once. When the work is done after a signal, the process ends as that signal would have ended it.
 */
export async function untilInterrupted<T>(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let received: NodeJS.Signals | undefined;
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  const stop = (name: NodeJS.Signals): void => {
    if (received !== undefined) {
      release();
      process.kill(process.pid, name);
      return;
    }
    received = name;
    terminal.say(
      "Interrupted: this batch is finished and everything saved; once more ends at once.",
    );
    abort.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(abort.signal);
  } finally {
    release();
    if (received !== undefined) process.kill(process.pid, received);
  }
}

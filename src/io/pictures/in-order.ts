/**
 * The results of tasks in the order in which they were started, at most `ahead` of them under way. `start` gives undefined
 * when there are no more. A result is done with when the next one is asked for. Ends with the signal's reason when it comes.
 */
export async function* inOrder<Result>(
  start: () => Promise<Result> | undefined,
  ahead: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Result, void, undefined> {
  const waiting: Promise<Result>[] = [];
  const stopped = abortion(signal);
  let more = true;
  try {
    while (true) {
      signal?.throwIfAborted();
      while (more && waiting.length < ahead) {
        const task = start();
        more = task !== undefined;
        if (task === undefined) break;
        // Whoever waits for it hears of a failure; until then it is not unhandled.
        task.catch(() => {});
        waiting.push(task);
      }
      const first = waiting.shift();
      if (first === undefined) return;
      yield await Promise.race([first, stopped.promise]);
    }
  } finally {
    stopped.release();
  }
}

/** A promise that fails when the signal comes. */
function abortion(signal: AbortSignal | undefined): {
  readonly promise: Promise<never>;
  readonly release: () => void;
} {
  let onAbort = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
  });
  promise.catch(() => {});
  return { promise, release: () => signal?.removeEventListener("abort", onAbort) };
}

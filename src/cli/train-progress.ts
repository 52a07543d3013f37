import { epochLine, epochTitle, progressBar } from "../report/training-progress.ts";
import type { FitProgress } from "../train/fit.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a run on the standard error as Keras does: a bar that grows, and a line for each epoch that is done. */
export function progressPrinter(terminal: Terminal): (progress: FitProgress) => void {
  let shown = 0;
  let titled: number | undefined;
  let began = performance.now();
  let ended = began;
  return ({ stage, epoch, epochs, done, batches, logs }) => {
    const now = performance.now();
    if (titled !== epoch) {
      // The first batch is done already: the epoch began when the last one ended.
      began = ended;
      titled = epoch;
      terminal.say(epochTitle(epoch, epochs));
    }
    const seconds = (now - began) / 1000;
    if (stage === "epoch") {
      terminal.say(epochLine({ done, batches, seconds, logs }));
      ended = now;
    } else if (now - shown > BETWEEN) {
      shown = now;
      const what = stage === "validation" ? "validation " : "";
      terminal.progress(`${what}${progressBar({ done, batches, seconds, logs })}`);
    }
  };
}

/** Milliseconds between two lines. */
const BETWEEN = 100;

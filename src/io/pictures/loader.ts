import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { openPictureDecoder } from "./decoder.ts";
import { type LoadTask, loadPictures } from "./load-pictures.ts";

/** Loads pictures, several at a time where there are threads. */
export interface PictureLoader {
  /** How many threads decode; 0 where this one does. */
  readonly threads: number;
  /** For each picture what is wrong with it; the inputs of the others are in the task's `target`. */
  load(task: LoadTask): Promise<readonly (string | undefined)[]>;
  close(): Promise<void>;
}

/** Threads beyond this many wait for the disk and for each other. */
const MOST_THREADS = 8;

/**
 * Opens threads that load pictures; none where `threads` is 0, or where this code was bundled without its worker. By default as
 * many as there are processors, up to 8.
 */
export async function openPictureLoader(
  threads: number = Math.min(MOST_THREADS, availableParallelism()),
): Promise<PictureLoader> {
  const filename = workerFile();
  if (threads < 1 || !existsSync(filename)) return loadHere();
  const { Tinypool } = await import("tinypool");
  const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads });
  return {
    threads,
    load: (task) => pool.run(task, { name: "work" }),
    close: () => pool.destroy(),
  };
}

async function loadHere(): Promise<PictureLoader> {
  const decoders = {
    auto: openPictureDecoder(),
    wasm: openPictureDecoder({ jpeg: "wasm" }),
  };
  return {
    threads: 0,
    load: async (task) => loadPictures(await decoders[task.jpeg], task),
    close: async () => {},
  };
}

/** Beside this file, in the library as in the bundled command line; the sources have none that Node could run. */
function workerFile(): string {
  return fileURLToPath(new URL("./picture-worker.js", import.meta.url));
}

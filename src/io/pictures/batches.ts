import { fail } from "../../errors.ts";
import { inOrder } from "./in-order.ts";
import { type InputOptions, inputLength } from "./load-pictures.ts";
import { openPictureLoader, type PictureLoader } from "./loader.ts";
import type { PictureFault, PictureFile } from "./picture-set.ts";

/** Pictures as a network takes them, in the order of the files. */
export interface PictureBatch {
  /** One for each picture of `inputs`. */
  readonly files: readonly PictureFile[];
  /** `files.length` pictures, one behind the other. */
  readonly inputs: Float32Array<ArrayBuffer>;
  /** Files before the end of this batch that could not be loaded; they are not in it. */
  readonly faults: readonly PictureFault[];
}

/** How batches are made. */
export interface BatchOptions extends InputOptions {
  /** 32 by default; the last batch may be smaller. */
  readonly batchSize?: number;
  /** Batches that are decoded ahead while the model computes; 2 by default. */
  readonly lookAhead?: number;
  /** Threads that decode: one for each processor by default, 0 for none. */
  readonly threads?: number;
  /** `wasm` leaves sharp alone even where it is installed. */
  readonly jpeg?: "auto" | "wasm";
  /** Ends the iteration with the signal's reason, and the threads. */
  readonly signal?: AbortSignal;
}

/** Files of one task: small enough to share out evenly, large enough to be worth a message. */
const TASK = 4;
/** Fewer files are loaded sooner than a thread starts. */
const FEW = 8;

/**
 * Batches of prepared pictures, decoded ahead in threads while the last batch is used. The order is that of `files` whatever
 * thread is first; a file that cannot be loaded is told in `faults`, and the batches stay full. Memory is bounded by
 * `lookAhead`. Throws `bad-option` for sizes that make no sense.
 */
export async function* pictureBatches(
  files: readonly PictureFile[],
  options: BatchOptions,
): AsyncGenerator<PictureBatch, void, undefined> {
  const { batchSize = 32, lookAhead = 2, signal } = options;
  checkWhole("batch size", batchSize);
  checkWhole("width", options.size.width);
  checkWhole("height", options.size.height);
  signal?.throwIfAborted();
  const loader = await openPictureLoader(files.length < FEW ? 0 : options.threads);
  try {
    const ahead = Math.max(loader.threads + 1, Math.ceil(((1 + lookAhead) * batchSize) / TASK));
    yield* assembled(loadedChunks(files, options, loader, ahead), options, batchSize);
  } finally {
    await loader.close();
  }
}

interface Chunk {
  readonly files: readonly PictureFile[];
  readonly faults: readonly (string | undefined)[];
  /** Used again when the next chunk is asked for. */
  readonly inputs: Float32Array;
}

/** The results of tasks in the order of the files, at most `ahead` tasks being under way. */
async function* loadedChunks(
  files: readonly PictureFile[],
  options: BatchOptions,
  loader: PictureLoader,
  ahead: number,
): AsyncGenerator<Chunk, void, undefined> {
  const { jpeg = "auto" } = options;
  const input = taskOptions(options);
  const free: Float32Array[] = [];
  let next = 0;
  const start = (): Promise<Chunk> | undefined => {
    if (next >= files.length) return undefined;
    const part = files.slice(next, next + TASK);
    next += part.length;
    const target = free.pop() ?? sharedFloats(TASK * inputLength(options));
    const task = { paths: part.map(({ path }) => path), options: input, jpeg, target };
    return loader.load(task).then((faults) => ({ files: part, faults, inputs: target }));
  };
  for await (const chunk of inOrder(start, ahead, options.signal)) {
    yield chunk;
    free.push(chunk.inputs);
  }
}

async function* assembled(
  chunks: AsyncIterable<Chunk>,
  options: BatchOptions,
  batchSize: number,
): AsyncGenerator<PictureBatch, void, undefined> {
  const length = inputLength(options);
  let batch = emptyBatch(batchSize, length);
  for await (const { files, faults, inputs } of chunks) {
    let at = 0;
    for (const [index, file] of files.entries()) {
      const why = faults[index];
      if (why !== undefined) {
        batch.faults.push({ name: file.name, path: file.path, why });
        continue;
      }
      batch.inputs.set(inputs.subarray(at, at + length), batch.files.length * length);
      at += length;
      batch.files.push(file);
      if (batch.files.length === batchSize) {
        yield batch;
        options.signal?.throwIfAborted();
        batch = emptyBatch(batchSize, length);
      }
    }
  }
  const count = batch.files.length;
  if (count + batch.faults.length === 0) return;
  yield { ...batch, inputs: batch.inputs.slice(0, count * length) };
}

interface OpenBatch extends PictureBatch {
  readonly files: PictureFile[];
  readonly faults: PictureFault[];
}

function emptyBatch(batchSize: number, length: number): OpenBatch {
  return { files: [], faults: [], inputs: new Float32Array(batchSize * length) };
}

/** Memory that threads write into, so that nothing is copied between them. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}

/** What a worker needs, and nothing that cannot be sent. */
function taskOptions(options: BatchOptions): InputOptions {
  const { batchSize, lookAhead, threads, jpeg, signal, ...input } = options;
  return input;
}

/** Throws `bad-option` for what is not a whole number above 0. */
export function checkWhole(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  fail("bad-option", `The ${what} is ${value}, expected a whole number above 0.`);
}

import { joinBatches, splitBatch } from "./batches.ts";
import type { ModelBytes } from "./model-bytes.ts";
import { type OnnxModel, type OnnxPorts, openOnnxModel } from "./onnx-model.ts";
import { type OnnxPool, openOnnxPool, type PoolRuntime, poolWorkers } from "./onnx-pool.ts";
import type { OnnxRuntime } from "./onnx-runtime.ts";
import type { NumberTensor } from "./predictor.ts";

/** How a model is run. */
export interface OnnxSessionsOptions {
  readonly ports: OnnxPorts;
  readonly threads: number;
  /** Whether samples are computed without looking at each other. */
  readonly batch: "may-be-cut" | "stays-whole";
  readonly pool?: PoolRuntime;
}

/**
 * Runs a model in two ways, of which each is made ready when it is first needed. All threads together compute few samples; of many, each thread
 * computes its own with a session of its own: they do not wait for each other after every layer, and this thread stays free.
 */
export function openOnnxSessions(
  runtime: OnnxRuntime,
  model: ModelBytes,
  options: OnnxSessionsOptions,
): OnnxModel {
  return new OnnxSessions(runtime, model, options);
}

/** Samples that all threads compute at once: with more, memory grows and nothing else. */
const MICRO_BATCH = 16;
/** So many small batches in a row after large ones, and it pays to load the model once more. */
const FEW_IN_A_ROW = 4;

type Result = Promise<readonly NumberTensor[]>;

/** A run that has begun; the next one may begin at once, or behind it. */
interface Started {
  readonly result: Result;
  readonly overlaps: boolean;
}

class OnnxSessions implements OnnxModel {
  readonly #runtime: OnnxRuntime;
  readonly #options: OnnxSessionsOptions;
  readonly #model: ModelBytes;
  /** Threads that share a batch; 1 where none is shared. */
  #sharing: number;
  #together: Promise<OnnxModel> | undefined;
  #shared: Promise<OnnxPool> | undefined;
  #fewInARow = 0;
  /** Until then no other run may begin. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #runs = new Set<Promise<unknown>>();
  /** Those that are with the threads. */
  readonly #shares = new Set<Promise<unknown>>();

  constructor(runtime: OnnxRuntime, model: ModelBytes, options: OnnxSessionsOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#model = model;
    const { batch, pool, threads } = options;
    const may = batch === "may-be-cut" && pool !== undefined;
    this.#sharing = may ? poolWorkers(threads, model.length, pool) : 1;
  }

  /**
   * Begins in the order of calls. Batches that are shared may overlap, so that threads which are done with one go on with the next; else one comes
   * after the other, since all use all threads.
   */
  run(inputs: readonly NumberTensor[]): Result {
    const started = this.#last.then(() => this.#start(inputs));
    const done = started.then(({ result }) => result);
    this.#last = started.then(({ overlaps }) => (overlaps ? undefined : done)).catch(() => {});
    track(this.#runs, done);
    return done;
  }

  async release(): Promise<void> {
    await Promise.allSettled(this.#runs);
    await (await this.#shared)?.close();
    await (await this.#together)?.release();
  }

  async #start(inputs: readonly NumberTensor[]): Promise<Started> {
    const pool = this.#poolFor(inputs[0]?.shape[0] ?? 1);
    if (pool !== undefined) return { result: this.#runShared(pool, inputs), overlaps: true };
    await Promise.allSettled(this.#shares);
    return { result: this.#runTogether(inputs), overlaps: false };
  }

  #runShared(pool: Promise<OnnxPool>, inputs: readonly NumberTensor[]): Result {
    const share = pool.then((threads) => threads.run(inputs));
    track(this.#shares, share);
    return share.catch(async () => {
      // Threads do not start here, or the inputs are wrong, which is told in the same words without them.
      this.#sharing = 1;
      if (this.#shared === pool) {
        this.#shared = undefined;
        await (await pool).close();
      }
      return this.run(inputs);
    });
  }

  /** The last batch of many, smaller than the others, is not worth a session of its own. */
  #poolFor(samples: number): Promise<OnnxPool> | undefined {
    const { pool } = this.#options;
    const workers = this.#sharing;
    if (workers < 2 || pool === undefined) return undefined;
    const many = samples >= 2 * workers;
    this.#fewInARow = many ? 0 : this.#fewInARow + 1;
    if (many) this.#shared ??= this.#openPool(pool);
    const stays = this.#together === undefined && this.#fewInARow < FEW_IN_A_ROW;
    return many || stays ? this.#shared : undefined;
  }

  /** Before the threads load the model, the other session goes: it comes back when several small batches do. */
  async #openPool(pool: PoolRuntime): Promise<OnnxPool> {
    const { ports, threads } = this.#options;
    const together = this.#together;
    this.#together = undefined;
    await (await together)?.release();
    return openOnnxPool(this.#model.shared(), ports, { ...pool, workers: this.#sharing, threads });
  }

  async #runTogether(inputs: readonly NumberTensor[]): Promise<readonly NumberTensor[]> {
    const { batch, ports, threads } = this.#options;
    this.#together ??= this.#model.lend((bytes) =>
      openOnnxModel(this.#runtime, bytes, ports, threads),
    );
    const model = await this.#together;
    const parts: (readonly NumberTensor[])[] = [];
    const size = batch === "may-be-cut" ? MICRO_BATCH : Number.POSITIVE_INFINITY;
    for (const part of splitBatch(inputs, size)) parts.push(await model.run(part));
    return joinBatches(parts);
  }
}

/** Keeps a promise among others until it ends. */
function track(among: Set<Promise<unknown>>, one: Promise<unknown>): void {
  among.add(one);
  const forget = (): void => void among.delete(one);
  one.then(forget, forget);
}

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { joinBatches, shareBatch } from "./batches.ts";
import type { OnnxPorts } from "./onnx-model.ts";
import type { NumberTensor } from "./predictor.ts";

/** How threads get what they compute with. */
export interface PoolRuntime {
  /** Name or address of ONNX Runtime. */
  readonly runtime: string;
  /** The file that a thread starts with; else the one beside this file. */
  readonly worker?: string;
}

/** What is shared, and among how many. */
export interface PoolOptions extends PoolRuntime {
  readonly workers: number;
  /** Of all workers together. */
  readonly threads: number;
}

/** Threads that share batches. */
export interface OnnxPool {
  /** Inputs and outputs in the model's order. */
  run(inputs: readonly NumberTensor[]): Promise<readonly NumberTensor[]>;
  close(): Promise<void>;
}

/** What a thread is told of a batch: all of it lies in shared memory, and whoever is free takes the next part. */
export interface SharedBatch {
  readonly runtime: string;
  readonly model: Uint8Array;
  readonly ports: OnnxPorts;
  /** Of each session. */
  readonly threads: number;
  readonly inputs: readonly NumberTensor[];
  /** How many samples each part has. */
  readonly parts: readonly number[];
  /** Number of the next part. */
  readonly next: Int32Array;
  /** 1 while a thread loads the model: one after the other, since that takes more memory than what stays. */
  readonly gate: Int32Array;
}

/** A part of a batch that a thread has computed. */
export interface ComputedPart {
  readonly part: number;
  readonly outputs: readonly NumberTensor[];
}

/** Every thread has weights of its own: beyond this many bytes of them, and beyond these many, threads work together instead. */
const MOST_WEIGHTS = 2 ** 29;
const MOST_WORKERS = 8;

/** Among how many threads a batch is shared; 1 also where this code was bundled without the file that threads start with. */
export function poolWorkers(
  threads: number,
  weightBytes: number,
  { worker = workerFile() }: PoolRuntime,
): number {
  if (!existsSync(worker)) return 1;
  return Math.max(1, Math.min(threads, MOST_WORKERS, Math.floor(MOST_WEIGHTS / weightBytes)));
}

/** Threads with a session each, over a model in shared memory. They end when it is closed. */
export async function openOnnxPool(
  model: Uint8Array,
  ports: OnnxPorts,
  { runtime, worker = workerFile(), workers, threads }: PoolOptions,
): Promise<OnnxPool> {
  const { Tinypool } = await import("tinypool");
  const pool = new Tinypool({ filename: worker, minThreads: workers, maxThreads: workers });
  const spare: Float32Array[] = [];
  const gate = sharedNumber();
  return {
    async run(inputs) {
      const parts = shareBatch(inputs[0]?.shape[0] ?? 1, workers);
      const lent = inputs.map(({ data }) => inSharedMemory(data, spare));
      const batch: SharedBatch = {
        runtime,
        model,
        ports,
        threads: Math.floor(threads / workers),
        inputs: inputs.map(({ shape }, index) => ({ shape, data: lent[index]?.numbers ?? NONE })),
        parts,
        next: sharedNumber(),
        gate,
      };
      const takers = Array.from({ length: Math.min(workers, parts.length) }, () =>
        pool.run(batch, { name: "work" }),
      );
      const computed: ComputedPart[] = (await Promise.all(takers)).flat();
      spare.push(...lent.flatMap(({ memory }) => memory ?? []));
      computed.sort((a, b) => a.part - b.part);
      return joinBatches(computed.map(({ outputs }) => outputs));
    },
    close: () => pool.destroy(),
  };
}

function sharedNumber(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

const NONE = new Float32Array(0);

/** Numbers where threads can read them; copied into memory that is used again unless they are there. */
function inSharedMemory(
  data: Float32Array,
  spare: Float32Array[],
): { readonly numbers: Float32Array; readonly memory?: Float32Array } {
  if (data.buffer instanceof SharedArrayBuffer) return { numbers: data };
  const at = spare.findIndex(({ length }) => length >= data.length);
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  const memory = found ?? new Float32Array(new SharedArrayBuffer(data.byteLength));
  memory.set(data);
  return { numbers: memory.subarray(0, data.length), memory };
}

/** Beside this file, in the library as in the bundled command line; the sources have none that Node could run. */
function workerFile(): string {
  return fileURLToPath(new URL("./onnx-worker.js", import.meta.url));
}

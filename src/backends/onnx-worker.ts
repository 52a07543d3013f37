import { kTransferable, kValue, Tinypool } from "tinypool";
import { copySamples } from "./batches.ts";
import { lendCopy } from "./model-bytes.ts";
import { loadOnnxRuntime } from "./onnx.ts";
import { type OnnxModel, openOnnxModel } from "./onnx-model.ts";
import type { ComputedPart, SharedBatch } from "./onnx-pool.ts";

let opened: Promise<OnnxModel> | undefined;

/** What a thread of the pool does: takes parts of a batch as long as there are some, and computes them. */
export async function work(batch: SharedBatch): Promise<unknown> {
  opened ??= open(batch);
  const model = await opened;
  const computed: ComputedPart[] = [];
  const { parts, next, inputs } = batch;
  const starts = startsOf(parts);
  for (let part = Atomics.add(next, 0, 1); part < parts.length; part = Atomics.add(next, 0, 1)) {
    const [start = 0, count = 0] = [starts[part], parts[part]];
    const own = inputs.map((input) => copySamples(input, start, count));
    computed.push({ part, outputs: await model.run(own) });
  }
  return movable(computed);
}

async function open({ runtime, model, ports, threads, gate }: SharedBatch): Promise<OnnxModel> {
  const loaded = await loadOnnxRuntime(runtime);
  while (Atomics.compareExchange(gate, 0, 0, 1) !== 0) Atomics.wait(gate, 0, 1);
  try {
    return await lendCopy(model, (bytes) => openOnnxModel(loaded, bytes, ports, threads));
  } finally {
    Atomics.store(gate, 0, 0);
    Atomics.notify(gate, 0, 1);
  }
}

function startsOf(parts: readonly number[]): readonly number[] {
  let at = 0;
  return parts.map((count) => {
    const start = at;
    at += count;
    return start;
  });
}

/** Numbers that change hands instead of being copied. */
function movable(computed: readonly ComputedPart[]): unknown {
  const own = computed.map(({ part, outputs }) => ({
    part,
    outputs: outputs.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })),
  }));
  const buffers = own.flatMap(({ outputs }) => outputs.map(({ data }) => data.buffer));
  return Tinypool.move({ [kTransferable]: buffers, [kValue]: own });
}

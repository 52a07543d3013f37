import type { NumberTensor } from "./predictor.ts";

/** The samples of a batch in parts of at most `size`; numbers are not copied. */
export function* splitBatch(
  inputs: readonly NumberTensor[],
  size: number,
): Generator<readonly NumberTensor[]> {
  const batch = inputs[0]?.shape[0] ?? 1;
  if (batch <= size) {
    yield inputs;
    return;
  }
  for (let start = 0; start < batch; start += size) {
    const count = Math.min(size, batch - start);
    yield inputs.map(({ shape: [all = 1, ...rest], data }) => {
      const width = data.length / all;
      return {
        shape: [count, ...rest],
        data: data.subarray(start * width, (start + count) * width),
      };
    });
  }
}

/**
 * How many samples each part has where `workers` threads share a batch: two, which a thread computes fastest, and one where it does not come
 * out even, so that all threads end at about the same time.
 */
export function shareBatch(samples: number, workers: number): readonly number[] {
  const alone = samples % (2 * workers);
  const pairs = Array.from({ length: (samples - alone) / 2 }, () => 2);
  return [...pairs, ...Array.from({ length: alone }, () => 1)];
}

/** A part of a batch; numbers are copied, so that it may leave shared memory. */
export function copySamples(
  { shape: [all = 1, ...rest], data }: NumberTensor,
  start: number,
  count: number,
): NumberTensor {
  const width = data.length / all;
  const numbers = Float32Array.from(data.subarray(start * width, (start + count) * width));
  return { shape: [count, ...rest], data: numbers };
}

/** The outputs of all parts one behind the other. */
export function joinBatches(parts: readonly (readonly NumberTensor[])[]): readonly NumberTensor[] {
  const [first = []] = parts;
  if (parts.length === 1) return first;
  return first.map(({ shape: [, ...rest] }, index) => {
    const own = parts.flatMap((part) => part[index] ?? []);
    const data = new Float32Array(own.reduce((sum, part) => sum + part.data.length, 0));
    let at = 0;
    for (const part of own) {
      data.set(part.data, at);
      at += part.data.length;
    }
    return { shape: [own.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0), ...rest], data };
  });
}

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

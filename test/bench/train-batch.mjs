/** A batch of seeded numbers, with one of 1000 classes for each sample; `train_worker.py` makes the same. Made once for each size. */
export function batchOf(count, shape) {
  const batch = MADE.get(count) ?? make(count, shape);
  MADE.set(count, batch);
  return batch;
}

const MADE = new Map();

function make(count, shape) {
  const data = new Float32Array(shape.reduce((product, dim) => product * dim, count));
  for (let i = 0; i < data.length; i++) data[i] = ((i * 7919) % 1000) / 500 - 1;
  const target = new Float32Array(count * 1000);
  for (let sample = 0; sample < count; sample++) target[sample * 1000 + ((sample * 37) % 1000)] = 1;
  return { inputs: [{ shape: [count, ...shape], data }], target };
}

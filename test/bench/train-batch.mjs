/** A batch of seeded numbers, with one of 1000 classes for each sample; `train_worker.py` makes the same. */
export function batchOf(count, shape) {
  const length = shape.reduce((product, dim) => product * dim, count);
  const data = new Float32Array(length).map((_, i) => ((i * 7919) % 1000) / 500 - 1);
  const target = new Float32Array(count * 1000);
  for (let sample = 0; sample < count; sample++) target[sample * 1000 + ((sample * 37) % 1000)] = 1;
  return { inputs: [{ shape: [count, ...shape], data }], target };
}

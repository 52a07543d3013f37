import { fail } from "../errors.ts";
import { formatShape, sizeOf, type WeightRef } from "../ir/tensor.ts";
import { readRuns } from "./runs.ts";

/** The part `from … to` (not included) of a weight along one axis. */
export function sliceWeight(ref: WeightRef, axis: number, from: number, to: number): WeightRef {
  const dim = ref.shape[axis] ?? -1;
  if (!(from >= 0 && from <= to && to <= dim)) {
    fail(
      "bad-shape",
      `A weight of shape ${formatShape(ref.shape)} has no part ${from} to ${to} along axis ${axis}.`,
    );
  }
  const shape = ref.shape.map((size, index) => (index === axis ? to - from : size));
  const inner = sizeOf(ref.shape.slice(axis + 1));
  const length = (to - from) * inner;
  const stride = dim * inner;
  const offset = from * inner;
  return {
    id: `${ref.id}|slice(${axis},${from},${to})`,
    dtype: ref.dtype,
    shape,
    readInto(target, start) {
      let done = 0;
      while (done < target.length) {
        const run = Math.floor((start + done) / length);
        const within = (start + done) % length;
        const left = target.length - done;
        const whole = within === 0 ? Math.floor(left / length) : 0;
        const count = Math.max(1, whole);
        const here = whole > 0 ? length : Math.min(length - within, left);
        const at = offset + run * stride + within;
        readRuns(ref, { start: at, length: here, count, stride }, target, done);
        done += here * count;
      }
    },
  };
}

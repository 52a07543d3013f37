import { fail } from "../errors.ts";
import { formatShape, sizeOf, type WeightRef } from "../ir/tensor.ts";

/** Weights joined along one axis; all other axes must agree. */
export function concatWeights(refs: readonly WeightRef[], axis: number): WeightRef {
  const [first] = refs;
  if (first === undefined) return fail("internal", "There are no weights to join.");
  for (const ref of refs) checkFit(first, ref, axis);
  const along = refs.reduce((sum, ref) => sum + (ref.shape[axis] ?? 0), 0);
  const shape = first.shape.map((dim, index) => (index === axis ? along : dim));
  const inner = sizeOf(first.shape.slice(axis + 1));
  const row = along * inner;
  return {
    id: `concat(${axis};${refs.map((ref) => ref.id).join(";")})`,
    dtype: first.dtype,
    shape,
    readInto(target, start) {
      let done = 0;
      while (done < target.length) {
        const index = Math.floor((start + done) / row);
        let within = (start + done) % row;
        for (const ref of refs) {
          const length = (ref.shape[axis] ?? 0) * inner;
          if (within >= length) {
            within -= length;
            continue;
          }
          const count = Math.min(length - within, target.length - done);
          ref.readInto(target.subarray(done, done + count), index * length + within);
          done += count;
          break;
        }
      }
    },
  };
}

function checkFit(first: WeightRef, ref: WeightRef, axis: number): void {
  const fits =
    axis < first.shape.length &&
    ref.shape.length === first.shape.length &&
    ref.shape.every((dim, index) => index === axis || dim === first.shape[index]);
  if (fits) return;
  fail(
    "bad-shape",
    `Weights of shapes ${formatShape(first.shape)} and ${formatShape(ref.shape)} cannot be joined along axis ${axis}.`,
  );
}

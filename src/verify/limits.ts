import { fail, KcError, type Place } from "../errors.ts";
import { sizeOf } from "../ir/tensor.ts";

/**
 * How many numbers a result of this shape has. Throws `limit` for one that is too large to be true: a few bytes of a
 * file can ask for any size. Axes of size 0 do not excuse the others, since loops run over them.
 */
export function checkedSize(shape: readonly number[]): number {
  const shown = `[${shape.join(", ")}]`;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    fail("bad-shape", `A result would have the shape ${shown}.`);
  }
  if (sizeOf(shape.map((size) => Math.max(1, size))) > MOST_NUMBERS) {
    fail("limit", `A result would have the shape ${shown}.`, {
      hint: `At most ${MOST_NUMBERS} numbers are computed at once.`,
    });
  }
  return sizeOf(shape);
}

/** Throws `limit` when one layer would take more multiplications than any sound layer does. */
export function checkWork(...factors: readonly number[]): void {
  if (sizeOf(factors) <= MOST_PRODUCTS) return;
  fail("limit", `A layer would take ${sizeOf(factors).toExponential(1)} multiplications.`, {
    hint: `At most ${MOST_PRODUCTS} are made.`,
  });
}

/** Says of what is refused in here in which layer it was. */
export function inLayer<T>(at: Place, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof KcError) || error.at.layer !== undefined) throw error;
    const [first] = error.diagnostics;
    const { hint, code } = error;
    return fail(code, first?.text ?? error.message, {
      at,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** Half a gigabyte. */
const MOST_NUMBERS = 2 ** 27;

/** A minute or so; the largest layers of published image classifiers take a thousandth of it. */
const MOST_PRODUCTS = 2 ** 36;

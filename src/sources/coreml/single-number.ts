/**
 * The number that a float32 of the file was written from, as far as it can be told: the shortest decimal that rounds to it
 * (0.2 for 0.20000000298), or the sixth that Keras 3's hard sigmoid has.
 */
export function singleNumber(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return value ?? 0;
  const single = Math.fround(value);
  if (single !== value) return value;
  const known = KNOWN.find((number) => Math.fround(number) === single);
  if (known !== undefined) return known;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

const KNOWN = [1 / 6, 2 / 3, Math.sqrt(2 / Math.PI), 2 / 255, 1 / 255];

import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { philox4x32 } from "../../random.ts";
import { constantWeight, filledWeight } from "../../weights/constant.ts";
import type { Distribution } from "./distribution.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { orthogonalRows } from "./orthogonal.ts";

/** Which weight of which run. */
export interface WeightKey {
  readonly seed: number;
  /** Of the weight, as `conv1/kernel`: each name has numbers of its own, whatever else the model holds. */
  readonly name: string;
}

/** A new weight. Each number depends on nothing but the key and its place, so none is kept. */
export function drawWeight(
  shape: readonly number[],
  distribution: Distribution,
  key: WeightKey,
): WeightRef {
  // No semicolon: it parts the ids of what is joined.
  const id = `initial(${key.seed} ${shape.join(",")} ${JSON.stringify(distribution)})/${key.name}`;
  const drawn = (map: (uniform: number) => number): WeightRef => ({
    id,
    dtype: "float32",
    shape,
    readInto: (target, start) => fillMapped(target, start, key, map),
  });
  switch (distribution.kind) {
    case "constant":
      return filledWeight(id, shape, distribution.value);
    case "values":
      return constantWeight(id, shape, distribution.values);
    case "uniform": {
      const { low, high } = distribution;
      return drawn((uniform) => low + uniform * (high - low));
    }
    case "normal": {
      const { mean, deviation } = distribution;
      return drawn((uniform) => mean + deviation * normalQuantile(uniform));
    }
    case "truncated": {
      const { mean, deviation } = distribution;
      return drawn(
        (uniform) => mean + deviation * normalQuantile(BELOW + uniform * (1 - 2 * BELOW)),
      );
    }
    case "orthogonal":
      return lazyWeight(id, shape, () => orthogonal(shape, distribution.gain, key));
    case "identity":
      return lazyWeight(id, shape, () => identity(shape, distribution));
  }
}

/** The share of a normal distribution that lies more than two deviations below its mean. */
const BELOW = 0.02275013194817921;

/** Fills a target with what `map` makes of numbers between 0 and 1, both left out. */
function fillMapped(
  target: Float32Array | Float64Array,
  start: number,
  { seed, name }: WeightKey,
  map: (uniform: number) => number,
): void {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  const [place, time] = [hashOf(name, 0x811c9dc5), hashOf(name, 0x9747b28c)];
  let done = 0;
  while (done < target.length) {
    const block = Math.floor((start + done) / 4);
    const words = philox4x32([block, place, time, INITIAL], key);
    for (let at = (start + done) % 4; at < 4 && done < target.length; at++) {
      target[done++] = map(((words[at] ?? 0) + 0.5) / 2 ** 32);
    }
  }
}

/** Apart from all other purposes of random numbers. */
const INITIAL = 5;

/** @see FNV-1a */
function hashOf(text: string, start: number): number {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A weight whose numbers belong together: computed when first asked for. */
function lazyWeight(id: string, shape: readonly number[], compute: () => Float64Array): WeightRef {
  let numbers: Float64Array | undefined;
  return {
    id,
    dtype: "float32",
    shape,
    readInto(target, start) {
      numbers ??= compute();
      target.set(numbers.subarray(start, start + target.length));
    },
  };
}

/** @see keras/src/initializers/random_initializers.py (3) `OrthogonalInitializer` */
function orthogonal(shape: readonly number[], gain: number, key: WeightKey): Float64Array {
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / Math.max(1, columns);
  const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)];
  const drawn = new Float64Array(length * count);
  fillMapped(drawn, 0, key, normalQuantile);
  const vectors = orthogonalRows(drawn, length);
  if (rows < columns) return vectors.map((value) => gain * value);
  return Float64Array.from(
    vectors,
    (_, at) => gain * (vectors[(at % columns) * length + Math.floor(at / columns)] ?? 0),
  );
}

function identity(
  shape: readonly number[],
  { gain, repeats }: Extract<Distribution, { readonly kind: "identity" }>,
): Float64Array {
  const columns = shape.at(-1) ?? 1;
  const period = repeats ? Math.min(...shape) : sizeOf(shape);
  return Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return row % period === column % period ? gain : 0;
  });
}

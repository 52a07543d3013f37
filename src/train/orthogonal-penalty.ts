import type { OrthogonalPenalty } from "../ir/graph.ts";

/** Square of a norm below which Keras divides by this instead. */
const LEAST = 1e-12;

/**
 * What the rows or columns of a matrix add to the loss for not standing at right angles: the mean of the absolute cosines of all pairs,
 * times the factor.
 * @see `OrthogonalRegularizer` in keras/src/regularizers.py (2.15) and keras/src/regularizers/regularizers.py (3)
 */
export function orthogonalPenalty(penalty: OrthogonalPenalty, values: Float32Array): number {
  const vectors = vectorsOf(penalty, values);
  let sum = 0;
  vectors.forEach((a, index) => {
    for (let other = 0; other < index; other++)
      sum += Math.abs(dot(a.unit, unitAt(vectors, other)));
  });
  return (penalty.factor * sum) / pairsOf(vectors.length);
}

/** How that changes with each number of the matrix. */
export function orthogonalSlope(penalty: OrthogonalPenalty, values: Float32Array): Float32Array {
  const vectors = vectorsOf(penalty, values);
  const share = penalty.factor / pairsOf(vectors.length);
  const slope = new Float32Array(values.length);
  vectors.forEach(({ unit, norm, isSmall, places }, index) => {
    const along = new Float64Array(unit.length);
    for (let other = 0; other < vectors.length; other++) {
      if (other === index) continue;
      const direction = unitAt(vectors, other);
      const sign = share * Math.sign(dot(unit, direction));
      for (let i = 0; i < along.length; i++)
        along[i] = (along[i] ?? 0) + sign * (direction[i] ?? 0);
    }
    // What lengthens the vector does not turn it.
    const lengthens = isSmall ? 0 : dot(unit, along);
    for (let i = 0; i < along.length; i++) {
      slope[places(i)] = ((along[i] ?? 0) - lengthens * (unit[i] ?? 0)) / norm;
    }
  });
  return slope;
}

interface Vector {
  readonly unit: Float64Array;
  /** What it was divided by. */
  readonly norm: number;
  readonly isSmall: boolean;
  /** Where its numbers lie in the matrix. */
  readonly places: (index: number) => number;
}

function vectorsOf(
  { of, shape: [rows, columns] }: OrthogonalPenalty,
  values: Float32Array,
): readonly Vector[] {
  const [count, length] = of === "rows" ? [rows, columns] : [columns, rows];
  const [apart, step] = of === "rows" ? [columns, 1] : [1, columns];
  return Array.from({ length: count }, (_, index) => {
    const places = (i: number): number => index * apart + i * step;
    const own = Float64Array.from({ length }, (_, i) => values[places(i)] ?? 0);
    const squares = dot(own, own);
    const norm = Math.sqrt(Math.max(squares, LEAST));
    return { unit: own.map((one) => one / norm), norm, isSmall: squares <= LEAST, places };
  });
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

function unitAt(vectors: readonly Vector[], index: number): Float64Array {
  return vectors[index]?.unit ?? new Float64Array(0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, one, index) => sum + one * (b[index] ?? 0), 0);
}

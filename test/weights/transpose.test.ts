import { expect, test } from "vitest";
import { readFloat32, readFloat64, sizeOf, type WeightRef } from "../../src/ir/tensor.ts";
import { transposeWeight } from "../../src/weights/transpose.ts";
import { countingWeight, readStrips } from "./counting.ts";

/** The transposition of 0, 1, 2, … one element at a time. */
function naive(shape: readonly number[], order: readonly number[]): readonly number[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const result: number[] = [];
  const walk = (depth: number, at: number): void => {
    const axis = order[depth];
    if (axis === undefined) {
      result.push(at);
      return;
    }
    for (let i = 0; i < (shape[axis] ?? 0); i++) walk(depth + 1, at + i * (strides[axis] ?? 0));
  };
  walk(0, 0);
  return result;
}

function permutations(rank: number): readonly (readonly number[])[] {
  if (rank === 0) return [[]];
  return permutations(rank - 1).flatMap((rest) =>
    Array.from({ length: rank }, (_, at) => [...rest.slice(0, at), rank - 1, ...rest.slice(at)]),
  );
}

const SHAPES = [
  [7],
  [3, 5],
  [33, 20],
  [2, 3, 4],
  [3, 1, 4],
  [3, 2, 5, 4],
  [1, 1, 6, 9],
  [2, 2, 3, 2, 5],
];

for (const shape of SHAPES) {
  test(`agrees with a plain transposition of (${shape.join(", ")}), every order, every strip`, () => {
    for (const order of permutations(shape.length)) {
      const expected = naive(shape, order);
      const transposed = transposeWeight(countingWeight(...shape).ref, order);
      expect(transposed.shape).toEqual(order.map((axis) => shape[axis]));
      for (const strip of [1, 2, 7, 16, 1000]) {
        expect(readStrips(transposed, strip)).toEqual(expected);
      }
    }
  });
}

test("reads any range, not only from the front", () => {
  const transposed = transposeWeight(countingWeight(20, 30).ref, [1, 0]);
  const target = new Float64Array(25);
  transposed.readInto(target, 310);
  expect([...target]).toEqual(naive([20, 30], [1, 0]).slice(310, 335));
});

test("reads float64 after float32 without mixing them up", () => {
  const third: WeightRef = {
    id: "thirds",
    dtype: "float64",
    shape: [2, 2],
    readInto: (target) => void target.fill(1 / 3),
  };
  const transposed = transposeWeight(third, [1, 0]);
  const first = new Float32Array(1);
  transposed.readInto(first, 0);
  expect(first[0]).toBe(Math.fround(1 / 3));
  expect(readFloat64(transposed)[3]).toBe(1 / 3);
});

test("reads every number of a large kernel once, in strips that do not divide it", () => {
  // 97 MB: more than is held at a time.
  const { ref, read } = countingWeight(6001, 4021);
  const transposed = transposeWeight(ref, [1, 0]);
  const strip = new Float32Array(300_001);
  const size = 6001 * 4021;
  for (let start = 0; start < size; start += strip.length) {
    const target = strip.subarray(0, Math.min(strip.length, size - start));
    transposed.readInto(target, start);
    for (let i = 0; i < target.length; i += 997) {
      const column = Math.floor((start + i) / 6001);
      expect(target[i]).toBe(Math.fround(((start + i) % 6001) * 4021 + column));
    }
  }
  // Runs this close are read with the gaps between them.
  expect(read()).toBeLessThanOrEqual(2 * size);
});

test("cuts a row that does not fit into memory at once", () => {
  const { ref } = countingWeight(21_000_001, 2);
  const transposed = transposeWeight(ref, [1, 0]);
  const target = new Float32Array(4);
  transposed.readInto(target, 20_971_518);
  expect([...target]).toEqual(
    [20_971_518, 20_971_519, 20_971_520, 20_971_521].map((row) => Math.fround(row * 2)),
  );
  transposed.readInto(target, 21_000_000);
  expect([...target]).toEqual([42_000_000, 1, 3, 5]);
});

test("keeps two transposed weights apart when they are read in turn", () => {
  const a = transposeWeight(countingWeight(3, 4).ref, [1, 0]);
  const b = transposeWeight(countingWeight(4, 3).ref, [1, 0]);
  const first = new Float32Array(2);
  a.readInto(first, 0);
  const other = readFloat32(b);
  const second = new Float32Array(2);
  a.readInto(second, 2);
  expect([...first, ...second]).toEqual([0, 4, 8, 1]);
  expect([...other]).toEqual(naive([4, 3], [1, 0]));
});

test("refuses an order that is none", () => {
  expect(() => transposeWeight(countingWeight(3, 4).ref, [0, 0])).toThrow(
    "The axes of (3, 4) cannot be put in order (0, 0).",
  );
});

test("gives equal ids to equal transpositions only", () => {
  const { ref } = countingWeight(3, 4, 5);
  const id = (...order: number[]) => transposeWeight(ref, order).id;
  expect(id(2, 0, 1)).toBe("w(3,4,5)|transpose(2,0,1)");
  expect(id(2, 1, 0)).not.toBe(id(2, 0, 1));
});

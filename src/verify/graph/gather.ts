import { at, stridesOf, type Tensor, zeros } from "./tensor.ts";

/** For each place along one axis of the result, the place in the input; -1 where there is none. */
export type AxisMap = Int32Array;

/** A map of `size` places by a rule. */
export function axisMap(size: number, f: (place: number) => number): AxisMap {
  return Int32Array.from({ length: size }, (_, place) => f(place));
}

/** Takes every element from where the maps of its axes say; `fill` where one of them says nowhere. */
export function gather(x: Tensor, maps: readonly AxisMap[], fill = 0): Tensor {
  const last = maps.at(-1);
  if (last === undefined) return x;
  const result = zeros(maps.map((map) => map.length));
  const strides = stridesOf(x.shape);
  let rows = Int32Array.of(0);
  maps.slice(0, -1).forEach((map, axis) => {
    rows = join(rows, map, at(strides, axis));
  });
  let place = 0;
  for (const row of rows) {
    for (const column of last) {
      result.data[place++] = row < 0 || column < 0 ? fill : (x.data[row + column] ?? 0);
    }
  }
  return result;
}

/** The numbers of a tensor repeated along axes of size 1, and missing leading axes, to reach `shape`. */
export function broadcast(x: Tensor, shape: readonly number[]): Float64Array {
  if (x.shape.join() === shape.join()) return x.data;
  const full = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const maps = shape.map((size, axis) => axisMap(size, (i) => (full[axis] === 1 ? 0 : i)));
  return gather({ shape: full, data: x.data }, maps).data;
}

function join(rows: Int32Array, map: AxisMap, stride: number): Int32Array<ArrayBuffer> {
  const joined = new Int32Array(rows.length * map.length);
  let place = 0;
  for (const row of rows) {
    for (const i of map) joined[place++] = row < 0 || i < 0 ? -1 : row + i * stride;
  }
  return joined;
}

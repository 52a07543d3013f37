import { emptyTensor, type Tensor } from "./tensor.ts";

/** For an axis of `input` pixels: where output pixel `at` of `output` samples it. */
export type Grid = (input: number, output: number) => (at: number) => number;

/** Distance of points that are evenly spread over a length; a single point stands at the start. */
export function spacing(length: number, steps: number): number {
  return steps === 0 ? 0 : length / steps;
}

/** Interpolates along height, then along width; grid points are kept within the image. */
export function resample(x: Tensor, sizes: readonly number[], grid: Grid): Tensor {
  const [h = 1, w = 1] = x.shape.slice(-2);
  const [height = 1, width = 1] = sizes;
  const result = emptyTensor([...x.shape.slice(0, -2), height, width]);
  const rows = pointsOf(h, height, grid);
  const columns = pointsOf(w, width, grid);
  let target = 0;
  for (let plane = 0; plane < x.data.length; plane += h * w) {
    for (const row of rows) {
      for (const column of columns) {
        const at = (y: number, z: number) => x.data[plane + y * w + z] ?? 0;
        const upper = mix(at(row.low, column.low), at(row.low, column.high), column.share);
        const lower = mix(at(row.high, column.low), at(row.high, column.high), column.share);
        result.data[target++] = mix(upper, lower, row.share);
      }
    }
  }
  return result;
}

interface Point {
  readonly low: number;
  readonly high: number;
  /** Of the pixel at `high`. */
  readonly share: number;
}

function pointsOf(input: number, output: number, grid: Grid): readonly Point[] {
  const place = grid(input, output);
  return Array.from({ length: output }, (_, at) => {
    const point = Math.min(input - 1, Math.max(0, place(at)));
    const low = Math.floor(point);
    return { low, high: Math.min(low + 1, input - 1), share: point - low };
  });
}

function mix(low: number, high: number, share: number): number {
  return low + (high - low) * share;
}

import type { GlobalPoolOp, PoolOp, ReduceOp } from "../../ir/ops/pool.ts";
import { channelsLast, spatialRank, threeSpatial } from "./layout.ts";
import { at, build, dim, only, pick, reshape, type Tensor, zeros } from "./tensor.ts";
import { forEachTap, windowAxes } from "./window.ts";

/** Maximum or average in a sliding window; places outside the input do not count. */
export function pool(op: PoolOp, inputs: readonly Tensor[]): readonly Tensor[] {
  return channelsLast(only(inputs), op.layout, (input) => {
    const x = threeSpatial(input);
    const channels = dim(x, -1);
    const dilations = op.strides.map(() => 1);
    const axes = windowAxes(x.shape, { ...op, size: op.poolSize, dilations });
    const y = zeros([dim(x, 0), ...axes.map((axis) => axis.output), channels]);
    const [sizeX, sizeY] = [x.data.length / dim(x, 0), y.data.length / dim(x, 0)];
    const counts = new Float64Array(sizeY / channels);
    forEachTap(axes, (output) => {
      counts[output] = at(counts, output) + 1;
    });
    if (op.fn === "max") y.data.fill(Number.NEGATIVE_INFINITY);
    for (let b = 0; b < dim(x, 0); b++) {
      forEachTap(axes, (output, _tap, place) => {
        for (let c = 0; c < channels; c++) {
          const value = at(x.data, b * sizeX + place * channels + c);
          const i = b * sizeY + output * channels + c;
          if (op.fn === "max") y.data[i] = Math.max(at(y.data, i), value);
          else y.data[i] = at(y.data, i) + value / at(counts, output);
        }
      });
    }
    return spatialRank(y, op.poolSize.length);
  });
}

/** Maximum or average over all places of each channel, masked steps left out. */
export function globalPool(op: GlobalPoolOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const mask = op.masked ? inputs[1] : undefined;
  return channelsLast(at(inputs, 0), op.layout, (x) => {
    const channels = dim(x, -1);
    const batch = dim(x, 0);
    const places = x.data.length / batch / channels;
    const y = build([batch, channels], ([b = 0, c = 0]) => {
      const values: number[] = [];
      for (let p = 0; p < places; p++) {
        if (mask !== undefined && pick(mask, [b, p]) === 0) continue;
        values.push(at(x.data, (b * places + p) * channels + c));
      }
      if (op.fn === "max") return values.reduce((a, v) => Math.max(a, v), Number.NEGATIVE_INFINITY);
      return values.reduce((a, v) => a + v, 0) / values.length;
    });
    if (!op.keepDims) return y;
    return reshape(y, [batch, ...x.shape.slice(1, -1).map(() => 1), channels]);
  });
}

/** One number from all along some axes. */
export function reduce(op: ReduceOp, inputs: readonly Tensor[]): readonly Tensor[] {
  const x = only(inputs);
  const kept = x.shape.map((size, axis) => (op.axes.includes(axis) ? 1 : size));
  const inner = x.shape.map((size, axis) => (op.axes.includes(axis) ? size : 1));
  const y = build(kept, (outer) => {
    const values = build(inner, (index) =>
      pick(
        x,
        index.map((i, axis) => i + at(outer, axis)),
      ),
    );
    return fold(op.fn, values.data);
  });
  return [
    op.keepDims
      ? y
      : reshape(
          y,
          x.shape.filter((_, axis) => !op.axes.includes(axis)),
        ),
  ];
}

function fold(fn: ReduceOp["fn"], values: Float64Array): number {
  const sum = (): number => values.reduce((a, x) => a + x, 0);
  switch (fn) {
    case "sum":
      return sum();
    case "mean":
      return sum() / values.length;
    case "max":
      return values.reduce((a, x) => Math.max(a, x));
    case "min":
      return values.reduce((a, x) => Math.min(a, x));
    case "prod":
      return values.reduce((a, x) => a * x, 1);
    case "l2norm":
      return Math.sqrt(values.reduce((a, x) => a + x * x, 0));
  }
}

import type { KernelBackend, Tensor } from "@tensorflow/tfjs-core";
import type { GradientKernels } from "../backward/gradient-kernels.ts";
import type { Sliding } from "../backward/sliding.ts";
import { sizeAt } from "../rank.ts";
import { registerMissing } from "./missing-kernels.ts";
import { startKernels, type WasmModule } from "./module.ts";

/** The gradients that own kernels compute for the backend wasm, which has none of convolutions; undefined where they cannot run. */
export function wasmKernels(backend: KernelBackend): GradientKernels | undefined {
  const known = STARTED.get(backend);
  if (known !== undefined) return known;
  const module = startKernels(backend);
  if (module === undefined) return undefined;
  const kernels: GradientKernels = { ...windows(module), ...columns(module) };
  registerMissing(module);
  STARTED.set(backend, kernels);
  return kernels;
}

const STARTED = new WeakMap<KernelBackend, GradientKernels>();

function windows(module: WasmModule): GradientKernels {
  const { call, make } = module;
  const slide = (sliding: Sliding): Tensor => module.numbers(geometryOf(sliding));
  const input = ({ batch, input: sizes }: Sliding): Tensor => make([batch, ...sizes]);
  return {
    convInput: (dy, kernel, sliding) => {
      const flat = flattened(sliding);
      const [places, channels, out] = [placesOf(flat), flat.input[2], flat.output[2]];
      const packed = make([Math.ceil(channels / 8) * 8 * places * out]);
      const dx = make([sliding.batch, ...sliding.input]);
      call("packFilters", kernel, packed, places, channels, out);
      call("convInput", dy, packed, dx, slide(flat), make([out + 7 * places]));
      return dx;
    },
    convFilter: (x, dy, sliding) => {
      const flat = flattened(sliding);
      const [depth, out] = [placesOf(flat) * flat.input[2], flat.output[2]];
      const filters = make([depth * out]);
      const scratch = make([call("convFilterScratch", depth, out) / 4]);
      call("convFilter", x, dy, filters, slide(flat), scratch);
      return filters;
    },
    depthwiseInput: (dy, kernel, sliding) => {
      const dx = input(sliding);
      call("depthwiseInput", dy, kernel, dx, slide(sliding));
      return dx;
    },
    depthwiseFilter: (x, dy, sliding) => {
      const size = placesOf(sliding) * sliding.output[2];
      const [filters, scratch] = [make([size]), make([size])];
      call("depthwiseFilter", x, dy, filters, slide(sliding), scratch);
      return filters;
    },
    maximumInput: (x, y, dy, sliding) => {
      const dx = input(sliding);
      call("maximumInput", x, y, dy, dx, slide(sliding), make([sliding.input[2]]));
      return dx;
    },
    averageInput: (dy, sliding) => {
      const dx = input(sliding);
      call("averageInput", dy, dx, slide(sliding));
      return dx;
    },
  };
}

function columns({ call, make }: WasmModule): GradientKernels {
  const rowsOf = (x: Tensor): number => x.size / sizeAt(x, -1);
  return {
    relu: (y, dy, most) => {
      const dx = make(y.shape);
      call("throughRelu", y, dy, dx, y.size, most);
      return dx;
    },
    columnSums: (x) => {
      const sums = make([sizeAt(x, -1)]);
      call("columnSums", x, sums, rowsOf(x), sizeAt(x, -1));
      return sums;
    },
    centredSums: (a, x, centre) => {
      const sums = make([sizeAt(x, -1)]);
      call("centredSums", a ?? 0, x, centre, sums, rowsOf(x), sizeAt(x, -1));
      return sums;
    },
    normalise: (x, { centre, scale, shift }) => {
      const y = make(x.shape);
      call("normalise", x, centre, scale, shift, y, rowsOf(x), sizeAt(x, -1));
      return y;
    },
    takeColumns: (x, first, count) => {
      const y = make([...x.shape.slice(0, -1), count]);
      call("takeColumns", x, y, rowsOf(x), sizeAt(x, -1), first, count);
      return y;
    },
    throughNormal: (dy, x, { centre, scale, slope, offset }) => {
      const dx = make(x.shape);
      const along = [centre, scale, slope, offset];
      call("throughNormal", dy, x, ...along, dx, rowsOf(x), sizeAt(x, -1));
      return dx;
    },
  };
}

function placesOf({ size: [rows, columns] }: Sliding): number {
  return rows * columns;
}

/** A window of one place that steps over none: all samples and rows as one long row. */
function flattened(sliding: Sliding): Sliding {
  const { batch, input, output, size, strides, borders } = sliding;
  const plain =
    [...size, ...strides].every((one) => one === 1) && borders.flat().every((one) => one === 0);
  if (!plain) return sliding;
  const columns = batch * input[0] * input[1];
  return { ...sliding, batch: 1, input: [1, columns, input[2]], output: [1, columns, output[2]] };
}

/** A window as the kernels read it, in the order of `kernels/geometry.ts`. */
function geometryOf({
  batch,
  input,
  output,
  size,
  strides,
  dilations,
  borders,
}: Sliding): number[] {
  const [[above], [left]] = borders;
  return [batch, ...input, ...output, ...size, ...strides, ...dilations, above, left];
}

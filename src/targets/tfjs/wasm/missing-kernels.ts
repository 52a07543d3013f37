import {
  getKernel,
  type KernelConfig,
  registerKernel,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { WasmModule } from "./module.ts";

/** Registers with tfjs what its tape asks the backend wasm for in vain: sums of rows by number. */
export function registerMissing(module: WasmModule): void {
  const config = sumsOfSegments(module);
  if (getKernel(config.kernelName, "wasm") === undefined) registerKernel(config);
}

function sumsOfSegments({ call, make }: WasmModule): KernelConfig {
  return {
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const [x, numbers] = [given(inputs.x), given(inputs.segmentIds)];
      const segments = Number(attrs?.numSegments);
      const [rows = 0, ...rest] = x.shape;
      const columns = rest.reduce((product, size) => product * size, 1);
      const sums = make([segments, ...rest]);
      call("sumSegments", x, numbers, sums, rows, columns, segments);
      return sums;
    },
  };
}

function given(input: TensorInfo | undefined): TensorInfo {
  return input ?? fail("internal", "An input of a kernel is missing.");
}

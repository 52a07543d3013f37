import { broadcast_util, registerKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { attr, flagOf, numberOf, numbersOf, textOf } from "./attributes.ts";
import { inputAt, list, type RecordKernel, record, single } from "./call.ts";
import { MOVE_KERNELS } from "./move-kernels.ts";
import { Recorder } from "./recorder.ts";
import { WINDOW_KERNELS } from "./window-kernels.ts";

/** Under which name the recording backend is known to tfjs. */
export const RECORDING = "kc-recording";

/** Functions of single numbers: the kernel of tfjs and the operation of TensorFlow. */
const UNARY: Readonly<Record<string, string>> = {
  ...same("Abs", "Ceil", "Cos", "Elu", "Erf", "Exp", "Expm1", "Floor", "Log", "Neg"),
  ...same("Reciprocal", "Relu", "Relu6", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin"),
  ...same("LogSoftmax", "Softmax", "Softplus", "Sqrt", "Square", "Tanh", "ZerosLike"),
};

/** Functions of two numbers. */
const BINARY: Readonly<Record<string, string>> = {
  ...same("Maximum", "Minimum", "Pow", "RealDiv", "Sub"),
  Add: "AddV2",
  Multiply: "Mul",
};

const COMPARISONS: Readonly<Record<string, string>> = same("Greater", "GreaterEqual", "NotEqual");

/** Reductions, and how the kernel calls its axes. */
const REDUCTIONS: Readonly<Record<string, string>> = {
  Any: "axis",
  Max: "reductionIndices",
  Mean: "axis",
  Min: "axis",
  Prod: "axis",
  Sum: "axis",
};

const OTHERS: Readonly<Record<string, RecordKernel>> = {
  ...MOVE_KERNELS,
  ...WINDOW_KERNELS,
  Cast: (call) => {
    const x = inputAt(call, 0);
    const dtype = textOf(call.attrs, "dtype") === "int32" ? "int32" : "float32";
    const attrs = { DstT: attr.type(dtype === "int32" ? "DT_INT32" : "DT_FLOAT") };
    return record(call, "Cast", [x], x.shape, attrs, dtype);
  },
  ClipByValue: (call) => {
    const x = inputAt(call, 0);
    const bound = (key: string) =>
      ({ numbers: [numberOf(call.attrs, key)], shape: [], dtype: "float32" }) as const;
    return record(call, "ClipByValue", [x, bound("clipValueMin"), bound("clipValueMax")], x.shape);
  },
  Cumsum: (call) => {
    const x = inputAt(call, 0);
    return record(call, "Cumsum", [x, single(numberOf(call.attrs, "axis"))], x.shape);
  },
  Identity: (call) => call.recorder.view(inputAt(call, 0), inputAt(call, 0).shape),
  LeakyRelu: (call) => {
    const x = inputAt(call, 0);
    const attrs = { alpha: attr.float(numberOf(call.attrs, "alpha")) };
    return record(call, "LeakyRelu", [x], x.shape, attrs);
  },
  Range: (call) => {
    const [start, stop] = [numberOf(call.attrs, "start"), numberOf(call.attrs, "stop")];
    const numbers = Array.from({ length: stop - start }, (_, i) => start + i);
    const constant = { numbers, shape: [numbers.length], dtype: "float32" } as const;
    const name = call.recorder.add("Const", [], {}, { constant });
    return call.recorder.tensor(name, constant.shape);
  },
  Select: (call) => {
    const [condition, a, b] = [inputAt(call, 0), inputAt(call, 1), inputAt(call, 2)];
    return record(call, "SelectV2", [condition, a, b], a.shape);
  },
  TopK: (call) => {
    const x = inputAt(call, 0);
    const k = numberOf(call.attrs, "k");
    const shape = x.shape.with(-1, k);
    const { recorder } = call;
    const attrs = { sorted: attr.flag(true) };
    const name = recorder.add("TopKV2", [recorder.sourceOf(x), single(k)], attrs);
    return [recorder.tensor(name, shape), recorder.tensor(`${name}:1`, shape, "int32")];
  },
};

/** Tells tfjs how to record each kernel; once. */
export function registerRecording(): void {
  if (registered) return;
  registered = true;
  for (const [kernel, op] of Object.entries(UNARY)) {
    register(kernel, (call) => record(call, op, [inputAt(call, 0)], inputAt(call, 0).shape));
  }
  for (const [kernel, op] of Object.entries({ ...BINARY, ...COMPARISONS })) {
    register(kernel, (call) => {
      const [a, b] = [inputAt(call, 0), inputAt(call, 1)];
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      return record(call, op, [a, b], shape, {}, kernel in COMPARISONS ? "bool" : "float32");
    });
  }
  for (const [kernel, key] of Object.entries(REDUCTIONS)) {
    register(kernel, (call) => {
      const x = inputAt(call, 0);
      const axes = numbersOf(call.attrs, key).map((axis) =>
        axis < 0 ? axis + x.shape.length : axis,
      );
      const keep = flagOf(call.attrs, "keepDims");
      const shape = keep
        ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
        : x.shape.filter((_, axis) => !axes.includes(axis));
      const attrs = { keep_dims: attr.flag(keep) };
      return record(call, kernel, [x, list(axes)], shape, attrs, x.dtype);
    });
  }
  for (const [kernel, recordIt] of Object.entries(OTHERS)) register(kernel, recordIt);
}

let registered = false;

function register(kernelName: string, recordIt: RecordKernel): void {
  registerKernel({
    kernelName,
    backendName: RECORDING,
    kernelFunc: ({ inputs: named, attrs, backend }) => {
      if (!(backend instanceof Recorder)) return fail("internal", "Nothing is being recorded.");
      const inputs: TensorInfo[] = Object.values(named).filter((one) => one != null);
      return recordIt({ recorder: backend, inputs, named, attrs });
    },
  });
}

function same(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/**
 * The part of ONNX Runtime's JavaScript interface that is used, as its Node and its web package have it alike. Stated here, since neither
 * needs to be installed.
 * @see onnxruntime-common `InferenceSession`, `Tensor`
 */
export interface OnnxRuntime {
  readonly InferenceSession: {
    /** Of a model in memory, or of a file by its path. */
    create(model: Uint8Array | string, options: SessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: string, data: TensorData, dims: readonly number[]) => OnnxTensor;
  readonly env: { readonly versions: Readonly<Record<string, string | undefined>> };
}

/** A model that is loaded. */
export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** Numbers on ONNX Runtime's side. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** How a model is loaded. */
export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly graphOptimizationLevel: "all";
  /** 3: errors only. */
  readonly logSeverityLevel: number;
  /** Settings by their dotted names. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Numbers as they are handed over; booleans are bytes. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;

/** Whether a loaded module is ONNX Runtime. */
export function isOnnxRuntime(value: unknown): value is OnnxRuntime {
  return (
    typeof value === "object" &&
    value !== null &&
    "InferenceSession" in value &&
    "Tensor" in value &&
    "env" in value &&
    typeof value.Tensor === "function"
  );
}

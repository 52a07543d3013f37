/** Element types of values and weights. `bool` and the integers are used by masks and indices. */
export type DType =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "uint8"
  | "int8"
  | "bool";

/** A dimension; null is known only at run time (batch, free time steps, free image size). */
export type Dim = number | null;

/** Type of a value in the graph. Axis 0 is the batch, as in Keras. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** Where numbers are read to. float64 targets lose nothing; float32 rounds float64 files. */
export type NumericArray = Float32Array | Float64Array;

/**
 * A promise to read a weight, not its data: transforms compose references, and numbers move only
 * while a target encodes. Row-major element order, of `shape`.
 */
export interface WeightRef {
  /** Unique per stored array and transform; two references with one id hold the same numbers. */
  readonly id: string;
  /** Type in the file. Reading converts. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Whether they are a constant of the layer's arithmetic, which no training changes. */
  readonly constant?: true;
  /** Fills the whole of `target` with the elements from row-major position `start` on. */
  readInto(target: NumericArray, start: number): void;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** Reads a whole weight as float32: for small ones, or one at a time. */
export function readFloat32(weight: WeightRef): Float32Array {
  const target = new Float32Array(sizeOf(weight.shape));
  weight.readInto(target, 0);
  return target;
}

/** Reads a whole weight as float64: nothing is rounded. */
export function readFloat64(weight: WeightRef): Float64Array {
  const target = new Float64Array(sizeOf(weight.shape));
  weight.readInto(target, 0);
  return target;
}

/** `(null, 224, 224, 3)`, as Keras prints shapes but with null for unknown. */
export function formatShape(shape: readonly Dim[]): string {
  const dims = shape.map((dim) => (dim === null ? "null" : String(dim)));
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
}

/** The `weights` of an op that has none. */
export type NoWeights = Readonly<Record<string, never>>;

/**
 * The same numbers in memory that no other thread writes to: copied where it is shared. Native code takes no shared memory, and tensors keep what
 * they are made of.
 */
export function ownNumbers(numbers: Float32Array): Float32Array {
  return numbers.buffer instanceof ArrayBuffer ? numbers : numbers.slice();
}

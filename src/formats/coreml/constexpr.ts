import { sizeOf } from "../../ir/tensor.ts";
import { bitsOf } from "./blob-storage.ts";
import { unpackBits } from "./packed-numbers.ts";
import type { MILSpecDataType } from "./types.gen.ts";

/** Numbers of a program, read. */
export interface PlainArray {
  readonly dataType: MILSpecDataType;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What unpacks the inputs of one operation, and speaks in its name. */
export interface Packed {
  /** The input of that name. Fails without one. */
  input(name: string): PlainArray;
  optional(name: string): PlainArray | undefined;
  /** Throws `KcError` unless a condition of the format holds. */
  require(condition: boolean, text: string): void;
}

/** Unpacks the compressed weights of one kind of operation, to what its outputs hold. */
export type Unpacking = (packed: Packed) => readonly PlainArray[];

/** The operations that unpack compressed weights; of both generations, from CoreML6 and from CoreML8 on. */
export const UNPACKINGS = {
  constexpr_affine_dequantize: affineDequantize,
  constexpr_blockwise_shift_scale: (packed: Packed) => [
    blockwise(packed, packed.input("data"), packed.input("data").shape),
  ],
  constexpr_cast: (packed: Packed) => [{ ...packed.input("source_val"), dataType: "FLOAT32" }],
  constexpr_lut_to_dense: (packed: Packed) =>
    packed.optional("shape") === undefined
      ? [lookUp(packed, packed.input("indices"))]
      : oldLut(packed),
  constexpr_lut_to_sparse: lutToSparse,
  constexpr_sparse_blockwise_shift_scale: sparseBlockwise,
  constexpr_sparse_to_dense: sparseToDense,
} as const satisfies Readonly<Record<string, Unpacking>>;

/** `scale * (q - zeroPoint)`, one pair for all or one for each place along an axis. */
function affineDequantize(packed: Packed): readonly PlainArray[] {
  const { shape, data } = packed.input("quantized_data");
  const scale = packed.input("scale");
  const zero = packed.input("zero_point");
  const axis = packed.input("axis").data[0] ?? 0;
  const at = axis < 0 ? axis + shape.length : axis;
  const size = shape[at] ?? 1;
  for (const { data: vector } of [scale, zero]) {
    packed.require(
      vector.length === 1 || vector.length === size,
      `has ${vector.length} scales or zero points for ${size} places along axis ${axis}`,
    );
  }
  const inner = sizeOf(shape.slice(at + 1));
  const pick = ({ data: vector }: PlainArray, place: number) =>
    vector[vector.length === 1 ? 0 : place] ?? 0;
  const values = data.map((code, index) => {
    const place = Math.floor(index / inner) % size;
    return pick(scale, place) * (code - pick(zero, place));
  });
  return [{ dataType: scale.dataType, shape, data: values }];
}

/** The index of the group that each element belongs to, when every axis is cut into `groups[axis]` equal parts. */
function groupsOf(
  packed: Packed,
  shape: readonly number[],
  groups: readonly number[],
): (index: number) => number {
  packed.require(
    groups.length === shape.length &&
      shape.every((size, axis) => (groups[axis] ?? 0) > 0 && size % (groups[axis] ?? 1) === 0),
    `cuts [${shape.join(", ")}] into [${groups.join(", ")}] groups`,
  );
  const blocks = shape.map((size, axis) => size / (groups[axis] ?? 1));
  return (index) => {
    let rest = index;
    let group = 0;
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      group += Math.floor((rest % size) / (blocks[axis] ?? 1)) * step;
      step *= groups[axis] ?? 1;
      rest = Math.floor(rest / size);
    }
    return group;
  };
}

/** `scale * (data - offset)` of blocks; `data` stands densely in `shape`. */
function blockwise(packed: Packed, data: PlainArray, shape: readonly number[]): PlainArray {
  const scale = packed.input("scale");
  const offset = packed.optional("offset");
  packed.require(
    offset === undefined || offset.shape.join() === scale.shape.join(),
    "has offsets of another shape than its scales",
  );
  const groupOf = groupsOf(packed, shape, scale.shape);
  const values = data.data.map((code, index) => {
    const group = groupOf(index);
    return (scale.data[group] ?? 0) * (code - (offset?.data[group] ?? 0));
  });
  return { dataType: scale.dataType, shape, data: values };
}

/** Indices are packed into bytes, lowest bits first; the shape is an input of its own. */
function oldLut(packed: Packed): readonly PlainArray[] {
  const lut = packed.input("lut");
  const indices = packed.input("indices");
  const shape = [...packed.input("shape").data];
  const bits = Math.log2(lut.data.length);
  packed.require([1, 2, 4, 6, 8].includes(bits), `has a table of ${lut.data.length}`);
  const count = sizeOf(shape);
  packed.require(
    indices.data.length === Math.ceil((count * bits) / 8),
    `has ${indices.data.length} bytes of indices for [${shape.join(", ")}]`,
  );
  const data = new Float32Array(count);
  unpackBits(Uint8Array.from(indices.data), 0, bits, false, data);
  return [{ dataType: lut.dataType, shape, data: data.map((index) => lut.data[index] ?? 0) }];
}

/** Every index stands for a number, or a vector along an axis, of the table of its group. */
function lookUp(packed: Packed, indices: PlainArray): PlainArray {
  const lut = packed.input("lut");
  const { shape } = indices;
  const [palette = 1, width = 1] = lut.shape.slice(-2);
  const bits = bitsOf(indices.dataType) ?? 0;
  packed.require(palette === 2 ** bits, `has tables of ${palette} for ${indices.dataType}`);
  const groupOf = groupsOf(packed, shape, lut.shape.slice(0, -2));
  const given = packed.optional("vector_axis")?.data[0];
  packed.require(
    width === 1 || given !== undefined,
    `has vectors of ${width}, but no axis for them`,
  );
  const axis = (given ?? 0) < 0 ? (given ?? 0) + shape.length : (given ?? 0);
  packed.require(axis >= 0 && axis < shape.length, `has vectors along axis ${given ?? 0}`);
  const inner = sizeOf(shape.slice(axis + 1));
  packed.require(indices.data.length * width <= 2 ** 30, `unpacks vectors of ${width}`);
  const data = new Float32Array(indices.data.length * width);
  indices.data.forEach((code, index) => {
    const start = (groupOf(index) * palette + code) * width;
    const before = Math.floor(index / inner) * width * inner + (index % inner);
    for (let at = 0; at < width; at++) data[before + at * inner] = lut.data[start + at] ?? 0;
  });
  const sizes = shape.map((size, at) => (at === axis ? size * width : size));
  return { dataType: lut.dataType, shape: sizes, data };
}

/** The mask is packed into bytes beside its shape, or one bit a number in its own. */
function sparseToDense(packed: Packed): readonly PlainArray[] {
  const nonzero = packed.input("nonzero_data");
  const mask = packed.input("mask");
  const given = packed.optional("shape");
  if (given === undefined) return [spread(packed, nonzero, mask)];
  const shape = [...given.data];
  const count = sizeOf(shape);
  packed.require(
    mask.data.length === Math.ceil(count / 8),
    `has ${mask.data.length} bytes of mask for [${shape.join(", ")}]`,
  );
  const bits = new Float32Array(count);
  unpackBits(Uint8Array.from(mask.data), 0, 1, false, bits);
  return [spread(packed, nonzero, { dataType: "UINT1", shape, data: bits })];
}

function spread(packed: Packed, nonzero: PlainArray, mask: PlainArray): PlainArray {
  let next = 0;
  const data = mask.data.map((bit) => (bit === 0 ? 0 : (nonzero.data[next++] ?? 0)));
  packed.require(
    next === nonzero.data.length,
    `has ${nonzero.data.length} numbers for a mask with ${next} places`,
  );
  return { dataType: nonzero.dataType, shape: mask.shape, data };
}

function gathered(dense: PlainArray, mask: PlainArray): PlainArray {
  const data = dense.data.filter((_, index) => mask.data[index] !== 0);
  return { dataType: dense.dataType, shape: [data.length], data };
}

function lutToSparse(packed: Packed): readonly PlainArray[] {
  const mask = packed.input("indices_mask");
  const indices = spread(packed, packed.input("indices_nonzero_data"), mask);
  const dense = lookUp(packed, indices);
  // Every bit of the mask becomes as many as a vector has numbers.
  const width = dense.data.length / Math.max(1, mask.data.length);
  const axis = dense.shape.findIndex((size, at) => size !== mask.shape[at]);
  const inner = sizeOf(mask.shape.slice(Math.max(0, axis) + 1));
  const wide = new Float32Array(dense.data.length);
  mask.data.forEach((bit, index) => {
    const before = Math.floor(index / inner) * width * inner + (index % inner);
    for (let at = 0; at < width; at++) wide[before + at * inner] = bit;
  });
  const wideMask: PlainArray = { dataType: mask.dataType, shape: dense.shape, data: wide };
  return [wideMask, gathered(dense, wideMask)];
}

function sparseBlockwise(packed: Packed): readonly PlainArray[] {
  const mask = packed.input("data_mask");
  const dense = spread(packed, packed.input("nonzero_data"), mask);
  return [mask, gathered(blockwise(packed, dense, mask.shape), mask)];
}

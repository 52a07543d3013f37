import { fail, type Place } from "../../errors.ts";
import type { Dim, DType, WeightRef } from "../../ir/tensor.ts";
import { type ByteSource, bytesSource } from "../bytes.ts";
import { type Blob, type BlobStorage, bitsOf, openBlobStorage } from "./blob-storage.ts";
import { toBytes, toFloat32 } from "./carriers.ts";
import type { BlobLookup } from "./open.ts";
import { readPacked } from "./packed-numbers.ts";
import type {
  MILSpecDataType,
  MILSpecTensorType,
  MILSpecTensorValue,
  MILSpecValue,
} from "./types.gen.ts";

/** A tensor that a program holds, in place or in its weight file. */
export interface ProgramTensor {
  readonly dataType: MILSpecDataType;
  readonly shape: readonly number[];
  /** Its numbers, read only when they are asked for; truth values are 0 and 1. */
  readonly weight: WeightRef;
}

/** Reads the tensors of a program; `id` is what to call one's numbers, `at` where it stands. */
export type TensorReader = (value: MILSpecValue, id: string, at: Place) => ProgramTensor;

/**
 * A reader for the values of one program, whatever carries them: literals of every kind, and arrays of the weight
 * file. What a value claims is checked against what it has: kind of carrier, kind of numbers, and how many.
 *
 * The reader throws `bad-weights` where these differ, `corrupt-file` for damaged weight files.
 *
 * @see MIL.proto Value, TensorValue
 */
export function createTensorReader(blobs: BlobLookup): TensorReader {
  const storages = new Map<string, BlobStorage>();
  const storageOf = (fileName: string): BlobStorage => {
    const storage = storages.get(fileName) ?? openBlobStorage(blobs(fileName));
    storages.set(fileName, storage);
    return storage;
  };
  return (value, id, at) => {
    const { tensorType } = value.type ?? {};
    if (tensorType === undefined) return wrong("a tensor is expected, but it is none", at);
    const { dataType = "UNUSED_TYPE" } = tensorType;
    const shape = constantShape(tensorType);
    if (shape === undefined) return wrong("the shape of a constant is not fixed", at);
    const count = shape.reduce((product, size) => product * size, 1);
    const { blobFileValue, immediateValue } = value;
    const claim = { dataType, count, at };
    const numbers = blobFileValue
      ? blobNumbers(storageOf(blobFileValue.fileName ?? "").blob(blobFileValue.offset ?? 0), claim)
      : literalNumbers(immediateValue?.tensor ?? {}, claim);
    if (numbers.count !== count) {
      wrong(`${numbers.count} numbers, but [${shape.join(", ")}] takes ${count}`, at);
    }
    const weight = { id, dtype: dtypeOf(dataType), shape, readInto: numbers.readInto };
    return { dataType, shape, weight };
  };
}

/** The sizes of a type; undefined when one of them is free. Throws nothing: the rank is for the caller to check. */
export function constantShape({
  dimensions = [],
}: MILSpecTensorType): readonly number[] | undefined {
  const sizes = dimensions.map(({ constant }) => constant && (constant.size ?? 0));
  return sizes.every((size) => size !== undefined) ? sizes : undefined;
}

/** The sizes of a type, null for those that are free. */
export function dimensionsOf({ dimensions = [] }: MILSpecTensorType): readonly Dim[] {
  return dimensions.map(({ constant }) => (constant === undefined ? null : (constant.size ?? 0)));
}

/** What holds the numbers of a type without loss. */
export function dtypeOf(dataType: MILSpecDataType): DType {
  return DTYPES[dataType] ?? "float32";
}

/** The strings of a value: one, or several of a tensor; undefined for what is no text. */
export function stringsIn(value: MILSpecValue): readonly string[] | undefined {
  return value.immediateValue?.tensor?.strings?.values;
}

/** The labels in a list of strings or whole numbers, or in a tensor of them; undefined for anything else. */
export function labelsIn(value: MILSpecValue): readonly (string | number)[] | undefined {
  const { list, tensor } = value.immediateValue ?? {};
  if (list === undefined) {
    return tensor?.strings?.values ?? tensor?.longInts?.values ?? tensor?.ints?.values;
  }
  return (list.values ?? []).map((one) => {
    const scalar = one.immediateValue?.tensor ?? {};
    // An empty text is not written at all.
    const { strings, longInts, ints } = scalar;
    return strings?.values?.[0] ?? longInts?.values?.[0] ?? ints?.values?.[0] ?? (strings ? "" : 0);
  });
}

/** Numbers that are there, however many are expected. */
interface Numbers extends Pick<WeightRef, "readInto"> {
  readonly count: number;
}

/** What a value claims to be. */
interface Claim {
  readonly dataType: MILSpecDataType;
  readonly count: number;
  readonly at: Place;
}

function blobNumbers({ data, dataType }: Blob, { dataType: declared, count, at }: Claim): Numbers {
  if (dataType === declared) return packedNumbers(data, dataType, count);
  return wrong(`the weight file has ${dataType} where the program expects ${declared}`, at);
}

function literalNumbers(tensor: MILSpecTensorValue, { dataType, count, at }: Claim): Numbers {
  const carrier = CARRIERS[dataType];
  if (carrier === undefined) return wrong(`a value of type ${dataType} is no number`, at);
  const others = Object.keys(tensor).filter((name) => name !== carrier);
  if (others.length > 0) {
    wrong(`numbers of type ${dataType} stand in ${others.join(", ")}, expected ${carrier}`, at);
  }
  switch (carrier) {
    case "floats":
      return listedNumbers(toFloat32(tensor.floats?.values));
    case "bytes":
      return packedNumbers(bytesSource(toBytes(tensor.bytes?.values)), dataType, count);
    case "bools":
      return listedNumbers((tensor.bools?.values ?? []).map(Number));
    default:
      return listedNumbers(tensor[carrier]?.values ?? []);
  }
}

/** Numbers of less than a byte may leave the end of the last byte free. */
function packedNumbers(source: ByteSource, dataType: MILSpecDataType, expected: number): Numbers {
  const bits = bitsOf(dataType) ?? 8;
  const fits = source.size === Math.ceil((expected * bits) / 8);
  return {
    count: fits ? expected : Math.floor((source.size * 8) / bits),
    readInto: (target, start) => readPacked(source, dataType, target, start),
  };
}

function listedNumbers(values: ArrayLike<number>): Numbers {
  return {
    count: values.length,
    readInto(target, start) {
      for (let index = 0; index < target.length; index++)
        target[index] = values[start + index] ?? 0;
    },
  };
}

function wrong(text: string, at: Place): never {
  const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  return fail("bad-weights", sentence, { at });
}

/** Where literals of each type stand. */
const CARRIERS: Readonly<
  Partial<Record<MILSpecDataType, Exclude<keyof MILSpecTensorValue, "strings">>>
> = {
  BOOL: "bools",
  FLOAT16: "bytes",
  FLOAT32: "floats",
  FLOAT64: "doubles",
  BFLOAT16: "bytes",
  FLOAT8E4M3FN: "bytes",
  FLOAT8E5M2: "bytes",
  INT4: "bytes",
  INT8: "bytes",
  INT16: "ints",
  INT32: "ints",
  INT64: "longInts",
  UINT1: "bytes",
  UINT2: "bytes",
  UINT3: "bytes",
  UINT4: "bytes",
  UINT6: "bytes",
  UINT8: "bytes",
  UINT16: "ints",
  UINT32: "bytes",
  UINT64: "longInts",
};

/** What holds the numbers of each type without loss. */
const DTYPES: Readonly<Partial<Record<MILSpecDataType, DType>>> = {
  BOOL: "bool",
  FLOAT16: "float16",
  FLOAT32: "float32",
  FLOAT64: "float64",
  BFLOAT16: "bfloat16",
  FLOAT8E4M3FN: "float16",
  FLOAT8E5M2: "float16",
  INT4: "int8",
  INT8: "int8",
  INT16: "int32",
  INT32: "int32",
  INT64: "int64",
  UINT1: "uint8",
  UINT2: "uint8",
  UINT3: "uint8",
  UINT4: "uint8",
  UINT6: "uint8",
  UINT8: "uint8",
  UINT16: "int32",
  UINT32: "int64",
  UINT64: "int64",
};

import type { ByteValues } from "../../formats/coreml/carriers.ts";
import { type DType, readFloat64, type WeightRef } from "../../ir/tensor.ts";
import { floatBytes, halfBytes } from "../../weights/encode.ts";
import { ELEMENT, type ElementType, elementOf } from "./element.ts";
import type { NameBook } from "./name-book.ts";

/** A constant of the model: its numbers are read only while the file is written. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly element: ElementType;
  readonly bytes: ByteValues;
}

/** All constants of a model, each stored once. */
export class Constants {
  readonly #names: NameBook;
  readonly #byContent = new Map<string, Constant>();

  constructor(names: NameBook) {
    this.#names = names;
  }

  /** In the order in which they were first asked for. */
  list(): readonly Constant[] {
    return [...this.#byContent.values()];
  }

  /** A weight as float32. */
  float(name: string, ref: WeightRef): string {
    return this.#add(name, `f32 ${ref.id}`, ref.shape, ELEMENT.float, () => floatBytes(ref));
  }

  /** A weight rounded to half precision. */
  half(name: string, ref: WeightRef): string {
    return this.#add(name, `f16 ${ref.id}`, ref.shape, ELEMENT.half, () => halfBytes(ref));
  }

  /** A weight in the type of values of this type. */
  typed(name: string, ref: WeightRef, dtype: DType): string {
    const element = elementOf(dtype);
    if (element === ELEMENT.float) return this.float(name, ref);
    return this.numbers(name, ref.shape, readFloat64(ref), element);
  }

  /** Numbers that the writer makes up; equal ones are stored once. */
  numbers(
    name: string,
    dims: readonly number[],
    values: ArrayLike<number>,
    element: ElementType,
  ): string {
    const bytes = bytesOf(values, element);
    const key = `${element} (${dims.join()}) ${Array.from(values).join()}`;
    return this.#add(name, key, dims, element, () => bytes);
  }

  #add(
    name: string,
    key: string,
    dims: readonly number[],
    element: ElementType,
    bytes: () => ByteValues,
  ): string {
    const known = this.#byContent.get(key);
    if (known !== undefined) return known.name;
    const constant = { name: this.#names.unique(name), dims, element, bytes: bytes() };
    this.#byContent.set(key, constant);
    return constant.name;
  }
}

/** Little-endian bytes of numbers. */
function bytesOf(values: ArrayLike<number>, element: ElementType): Uint8Array {
  const { width, write } = WRITERS[element];
  const view = new DataView(new ArrayBuffer(values.length * width));
  Array.from(values).forEach((value, index) => {
    write(view, index * width, value);
  });
  return new Uint8Array(view.buffer);
}

interface ElementWriter {
  readonly width: number;
  write(view: DataView, at: number, value: number): void;
}

const FLOAT: ElementWriter = {
  width: 4,
  write: (view, at, value) => view.setFloat32(at, value, true),
};
const BYTE: ElementWriter = { width: 1, write: (view, at, value) => view.setInt8(at, value) };

const WRITERS: Readonly<Record<ElementType, ElementWriter>> = {
  1: FLOAT,
  2: BYTE,
  3: BYTE,
  6: { width: 4, write: (view, at, value) => view.setInt32(at, value, true) },
  7: { width: 8, write: (view, at, value) => view.setBigInt64(at, BigInt(value), true) },
  9: BYTE,
  10: { width: 2, write: () => {} },
};

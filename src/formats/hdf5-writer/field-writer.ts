/** Fills bytes with little-endian fields, one after the other. The bytes start as zeros. */
export class FieldWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.bytes[this.#position++] = value;
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#position, value, true);
    return this.skip(2);
  }

  u32(value: number): this {
    this.#view.setUint32(this.#position, value, true);
    return this.skip(4);
  }

  u64(value: number | bigint): this {
    this.#view.setBigUint64(this.#position, BigInt(value), true);
    return this.skip(8);
  }

  /** The address that stands for "nowhere". */
  undefinedAddress(): this {
    this.bytes.fill(0xff, this.#position, this.#position + 8);
    return this.skip(8);
  }

  put(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#position);
    return this.skip(bytes.length);
  }

  skip(count: number): this {
    this.#position += count;
    return this;
  }

  /** Leaves zeros up to the next multiple of eight. */
  align(): this {
    this.#position = aligned(this.#position);
    return this;
  }
}

/** The next multiple of eight. */
export function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** Four capital letters as bytes. */
export function signature(letters: string): Uint8Array {
  return new TextEncoder().encode(letters);
}

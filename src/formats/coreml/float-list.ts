import { floatsOf } from "./carriers.ts";

/** Gathers a `repeated float` field: usually one packed chunk, which then is not copied. */
export class FloatList {
  #first: Float32Array | undefined;
  readonly #rest: number[] = [];

  /** Little-endian float32 bytes, whole numbers. */
  addPacked(bytes: Uint8Array): void {
    const floats = floatsOf(bytes);
    if (this.#first === undefined && this.#rest.length === 0) this.#first = floats;
    else for (const value of floats) this.#rest.push(value);
  }

  add(value: number): void {
    this.#rest.push(value);
  }

  finish(): Float32Array {
    const first = this.#first ?? new Float32Array(0);
    if (this.#rest.length === 0) return first;
    const all = new Float32Array(first.length + this.#rest.length);
    all.set(first);
    all.set(this.#rest, first.length);
    return all;
  }
}

/**
 * Bytes that are made only while they are written, so that a large weight never lies in memory.
 * A chunk is valid until the next one is asked for: its buffer may be used again.
 */
export interface WeightBytes {
  /** The exact sum of the chunk lengths. */
  readonly byteLength: number;
  /** May be called again for every write. */
  chunks(): Iterable<Uint8Array>;
  /** Random access, where the bytes lie in a file. The caller stays within `byteLength`. */
  readInto?(offset: number, target: Uint8Array): void;
}

/** Content of a `repeated float` field: numbers, or their little-endian float32 bytes. */
export type FloatValues = readonly number[] | Float32Array | WeightBytes;

/** Content of a `bytes` field. */
export type ByteValues = Uint8Array | WeightBytes;

/** The numbers of a `repeated float` field, whatever carries them; empty when it is absent. */
export function toFloat32(values: FloatValues | undefined): Float32Array {
  if (values === undefined) return new Float32Array(0);
  if (values instanceof Float32Array) return values;
  if (isWeightBytes(values)) return floatsOf(collectBytes(values));
  return Float32Array.from(values);
}

/** The bytes of a `bytes` field, whatever carries them; empty when it is absent. */
export function toBytes(values: ByteValues | undefined): Uint8Array {
  if (values === undefined) return new Uint8Array(0);
  return values instanceof Uint8Array ? values : collectBytes(values);
}

/** Little-endian float32 numbers; a view of the bytes where alignment and machine allow it. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const length = Math.floor(bytes.byteLength / 4);
  if (isLittleEndian) {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    return new Float32Array(aligned.buffer, aligned.byteOffset, length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length }, (_, index) => view.getFloat32(index * 4, true));
}

/** Little-endian bytes of float32 numbers; a view of them where the machine allows it. */
export function bytesOf(values: Float32Array): Uint8Array {
  if (isLittleEndian) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** Whether numbers come as bytes to be streamed, not as an array. */
export function isWeightBytes(values: FloatValues | ByteValues): values is WeightBytes {
  return "chunks" in values;
}

/** Whether a value of any kind is bytes to be streamed. */
export function isCarrier(value: unknown): value is WeightBytes {
  return (
    typeof value === "object" &&
    value !== null &&
    "chunks" in value &&
    "byteLength" in value &&
    typeof value.chunks === "function" &&
    typeof value.byteLength === "number"
  );
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function collectBytes(source: WeightBytes): Uint8Array {
  const bytes = new Uint8Array(source.byteLength);
  let position = 0;
  for (const chunk of source.chunks()) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

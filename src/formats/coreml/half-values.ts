import { fromFloat16 } from "../small-floats.ts";

/** Little-endian IEEE half precision numbers as float32; nothing is rounded. */
export function halfToFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength >> 1);
  for (let index = 0; index < values.length; index++) {
    values[index] = fromFloat16(view.getUint16(index * 2, true));
  }
  return values;
}

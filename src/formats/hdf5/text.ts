import type { Padding } from "./datatype.ts";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text up to the first NUL. UTF-8 whatever the file says: Keras writes UTF-8 and calls it ASCII. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return UTF8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A fixed-length string without its padding. */
export function decodeFixed(bytes: Uint8Array, padding: Padding): string {
  if (padding === "nul-terminated") return decodeText(bytes);
  let end = bytes.length;
  while (end > 0 && isPadding(bytes[end - 1], padding)) end -= 1;
  return UTF8.decode(bytes.subarray(0, end));
}

function isPadding(byte: number | undefined, padding: Padding): boolean {
  return byte === 0 || (padding === "space-padded" && byte === 0x20);
}

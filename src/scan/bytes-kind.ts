/** What bytes are that should be numbers, texts or JSON. */
export type BytesKind = "pickle" | "program" | "archive" | "npy" | "hdf5";

/**
 * Recognises what has no place inside a model by its first and last bytes; undefined for all else, such as the numbers
 * of a weight. `bytes` is the whole, or its beginning and end joined.
 */
export function kindOfBytes(bytes: Uint8Array): BytesKind | undefined {
  if (isPickle(bytes)) return "pickle";
  const text = latin1(bytes.subarray(0, 300));
  if (isProgram(bytes, text)) return "program";
  if (text.startsWith("\u0093NUMPY")) return "npy";
  if (text.startsWith("\u0089HDF\r\n\u001a\n")) return "hdf5";
  return ARCHIVES.some(([at, magic]) => text.startsWith(magic, at)) ? "archive" : undefined;
}

/** Likewise for base64, as configs hold bytes; `code` is Python's marshalled byte code. */
export function kindOfBase64(text: string): BytesKind | "code" | undefined {
  if (text.length < 16 || !BASE64.test(text)) return undefined;
  if (MARSHAL.test(text)) return "code";
  if (!/^(?:gA[I-W]|UEsDB|f0VMR|H4sI)/.test(text)) return undefined;
  const clean = text.replaceAll(/\s/g, "");
  const head = decode(clean.slice(0, 400));
  return kindOfBytes(Uint8Array.of(...head, ...decode(clean.slice(-4)).slice(-1)));
}

/** Python writes a code object (`c`, or with the reference bit `ã`) with small counts first. */
const MARSHAL = /^(?:4w|Yw)[A-Z]AAAA/;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

const ARCHIVES: readonly (readonly [number, string])[] = [
  [0, "PK\u0003\u0004"],
  [0, "\u001f\u008b\u0008"],
  [0, "BZh9"],
  [0, "\u00fd7zXZ\u0000"],
  [0, "7z\u00bc\u00af\u0027\u001c"],
  [0, "Rar!\u001a\u0007"],
  [257, "ustar"],
];

/** Protocols 2 to 5 begin with their number and end with a full stop; older ones are text. */
function isPickle(bytes: Uint8Array): boolean {
  const [mark, protocol = 0, opcode = 0] = bytes;
  if (mark === 0x80 && protocol >= 2 && protocol <= 5 && bytes.length >= 4) {
    return bytes.at(-1) === 0x2e && (OPCODES.includes(opcode) || opcode >= 0x88);
  }
  const text = latin1(bytes.subarray(0, 200));
  if (/^\((?:lp|dp)\d+\n/.test(text)) return true;
  return GLOBAL.test(text) && bytes.at(-1) === 0x2e;
}

/** A module, a name, and the start of its arguments: the shortest way to call something. */
const GLOBAL = /^[(\]]*c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n(?:[pq]\d*\n?)*[(S]/;

const OPCODES = Array.from("(.0123BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu})", (char) =>
  char.charCodeAt(0),
);

function isProgram(bytes: Uint8Array, text: string): boolean {
  if (text.startsWith("\u007fELF") || /^#! ?\/[a-z]/.test(text)) return true;
  if (MACH_O.some((magic) => text.startsWith(magic))) return true;
  if (!text.startsWith("MZ") || bytes.length < 64) return false;
  const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(60, true);
  return text.startsWith("PE\u0000\u0000", at) || text.includes("This program");
}

/** Of 64 and 32 bits, for Intel and for ARM. */
const MACH_O = [
  "\u00cf\u00fa\u00ed\u00fe\u0007",
  "\u00cf\u00fa\u00ed\u00fe\u000c",
  "\u00ce\u00fa\u00ed\u00fe\u0007",
];

function decode(base64: string): Uint8Array {
  try {
    const whole = base64.slice(0, base64.length - (base64.length % 4));
    return Uint8Array.from(atob(whole), (char) => char.charCodeAt(0));
  } catch {
    // What is not base64 after all holds nothing.
    return new Uint8Array(0);
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

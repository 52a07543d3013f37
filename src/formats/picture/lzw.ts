/** Strings by code: the string before, its last byte, and how long it is. */
interface Table {
  readonly prefix: Int16Array;
  readonly suffix: Uint8Array;
  readonly lengths: Uint16Array;
}

const CODES = 4096;

/**
 * Fills `target` with the indices of a GIF's frame: codes of `minBits + 1` bits that grow to 12; a full table stays as
 * it is until it is cleared. Says what is wrong with damaged data. @see GIF89a Specification, appendix F
 */
export function unpackLzw(
  data: Uint8Array,
  minBits: number,
  target: Uint8Array,
): string | undefined {
  if (minBits < 1 || minBits > 11) return `its codes start with ${minBits} bits`;
  const clear = 2 ** minBits;
  const table = newTable(clear);
  let [bits, next, before] = [minBits + 1, clear + 2, -1];
  let [from, buffer, held] = [0, 0, 0];
  for (let at = 0; at < target.length; ) {
    for (; held < bits; held += 8) {
      if (from >= data.length) return CUT;
      buffer |= (data[from++] ?? 0) << held;
    }
    const code = buffer & (2 ** bits - 1);
    buffer >>>= bits;
    held -= bits;
    if (code === clear) {
      [bits, next, before] = [minBits + 1, clear + 2, -1];
      continue;
    }
    if (code === clear + 1) return CUT;
    if (before < 0 ? code > clear : code > next) return "its data holds an undefined code";
    if (before >= 0 && next < CODES) {
      // Before the string is known: a code that defines itself ends with its own first byte.
      define(table, next, before, firstByte(table, code === next ? before : code));
      next += 1;
    }
    at = write(table, code, target, at);
    if (next === 2 ** bits && bits < 12) bits += 1;
    before = code;
  }
  return undefined;
}

const CUT = "its data ends before the last pixel";

function newTable(clear: number): Table {
  const table = {
    prefix: new Int16Array(CODES).fill(-1),
    suffix: new Uint8Array(CODES),
    lengths: new Uint16Array(CODES),
  };
  for (let code = 0; code < clear; code++) {
    table.suffix[code] = code;
    table.lengths[code] = 1;
  }
  return table;
}

function define({ prefix, suffix, lengths }: Table, code: number, before: number, last: number) {
  prefix[code] = before;
  suffix[code] = last;
  lengths[code] = (lengths[before] ?? 0) + 1;
}

function firstByte({ prefix, suffix }: Table, code: number): number {
  let walk = code;
  for (let up = prefix[walk] ?? -1; up >= 0; up = prefix[walk] ?? -1) walk = up;
  return suffix[walk] ?? 0;
}

/** Writes the string of a code backwards; what lies beyond the last pixel is dropped. Returns where the next starts. */
function write(table: Table, code: number, target: Uint8Array, at: number): number {
  const end = at + (table.lengths[code] ?? 0);
  for (let [walk, place] = [code, end - 1]; walk >= 0 && place >= at; place--) {
    target[place] = table.suffix[walk] ?? 0;
    walk = table.prefix[walk] ?? -1;
  }
  return end;
}

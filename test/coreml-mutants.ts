import type { Mutation } from "./mutations.ts";

/** One field of a serialized message: a number, or bytes that may be a message themselves. */
interface Field {
  number: number;
  wireType: number;
  value: bigint;
  bytes: Uint8Array;
  inner: Field[] | undefined;
  /** A length that is not true. */
  length: number | undefined;
}

type Pick = (below: number) => number;

const HUGE = [0n, 1n, 7n, 65_536n, 2n ** 31n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n];

/** Mutations that keep a message in shape but for one thing, so that they get past its first bytes. */
export const STRUCTURAL: Readonly<Record<string, Mutation>> = {
  "huge numbers": change((fields, pick) => {
    const numbers = fields.filter(({ wireType }) => wireType === 0);
    const field = numbers[pick(numbers.length)];
    if (field !== undefined) field.value = HUGE[pick(HUGE.length)] ?? 0n;
  }),
  "wrong lengths": change((fields, pick) => {
    const field = withBytes(fields, pick);
    const size = field.inner ? write(field.inner).length : field.bytes.length;
    field.length = [size + 1, size + pick(1000), 2 ** 31 - 1, 2 ** 32 - 1][pick(4)];
  }),
  "other wire types": change((fields, pick) => {
    const field = anyOf(fields, pick);
    field.wireType = [0, 1, 2, 3, 5][pick(5)] ?? 0;
    field.inner = undefined;
    if (field.wireType === 1 || field.wireType === 5)
      field.bytes = new Uint8Array(field.wireType === 1 ? 8 : 4);
  }),
  "other fields": change((fields, pick) => {
    anyOf(fields, pick).number =
      [1, 2, 3, 100, 120, 140, 200, 500, 999, 1 + pick(600)][pick(10)] ?? 1;
  }),
  "repeated fields": (bytes, pick) => {
    const root = parse(bytes, 0);
    const all = listsOf(root);
    const list = all[pick(all.length)] ?? root;
    const again = list[pick(list.length)];
    if (again !== undefined) list.splice(pick(list.length), 0, ...Array(1 + pick(50)).fill(again));
    return Uint8Array.from(write(root));
  },
  "texts that are none": change((fields, pick) => {
    const field = withBytes(fields, pick);
    field.inner = undefined;
    const texts = [
      Uint8Array.of(0xff, 0xfe, 0xc0),
      new Uint8Array(0),
      new Uint8Array(5000).fill(97),
    ];
    field.bytes = texts[pick(3)] ?? field.bytes;
  }),
  "deep nesting": change((fields, pick) => {
    const field = withBytes(fields, pick);
    for (let depth = [5, 50, 150][pick(3)] ?? 5; depth > 0; depth--) {
      field.inner = [{ ...field, inner: field.inner }];
    }
  }),
};

function change(mutate: (fields: readonly Field[], pick: Pick) => void): Mutation {
  return (bytes, pick) => {
    const root = parse(bytes, 0);
    mutate(listsOf(root).flat(), pick);
    return Uint8Array.from(write(root));
  };
}

function anyOf(fields: readonly Field[], pick: Pick): Field {
  const field = fields[pick(fields.length)];
  if (field === undefined) throw new Error("no field");
  return field;
}

function withBytes(fields: readonly Field[], pick: Pick): Field {
  return anyOf(
    fields.filter(({ wireType }) => wireType === 2),
    pick,
  );
}

function listsOf(fields: Field[]): Field[][] {
  return [fields, ...fields.flatMap(({ inner }) => (inner === undefined ? [] : listsOf(inner)))];
}

/** What cannot be read as a message is left as bytes; throws at the top only. */
function parse(bytes: Uint8Array, depth: number): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error("no message");
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wireType] = [tag >> 3, tag & 7];
    const value = wireType === 0 || wireType === 2 ? varint() : 0n;
    const size = wireType === 2 ? Number(value) : wireType === 1 ? 8 : wireType === 5 ? 4 : 0;
    if (
      number < 1 ||
      number > 4000 ||
      ![0, 1, 2, 5].includes(wireType) ||
      at + size > bytes.length
    ) {
      throw new Error("no message");
    }
    const content = bytes.slice(at, at + size);
    at += size;
    const inner =
      wireType === 2 && size > 0 && depth < 20 ? tryParse(content, depth + 1) : undefined;
    fields.push({ number, wireType, value, bytes: content, inner, length: undefined });
  }
  return fields;
}

function tryParse(bytes: Uint8Array, depth: number): Field[] | undefined {
  try {
    return parse(bytes, depth);
  } catch {
    return undefined;
  }
}

function write(fields: readonly Field[]): number[] {
  return fields.flatMap((field) => {
    const { number, wireType, value, bytes, inner, length } = field;
    const tag = varintBytes(BigInt(number * 8 + wireType));
    if (wireType === 0) return [...tag, ...varintBytes(value)];
    const content = inner === undefined ? [...bytes] : write(inner);
    return wireType === 2
      ? [...tag, ...varintBytes(BigInt(length ?? content.length)), ...content]
      : [...tag, ...content];
  });
}

function varintBytes(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import { crc32 } from "../../src/formats/crc32.ts";
import { openZip } from "../../src/formats/zip.ts";

const text = new TextEncoder().encode('{"class_name": "Sequential"}'.repeat(500));
const noise = Uint8Array.from({ length: 70_001 }, (_, at) => (at * 2654435761) >>> 13);

function zip(level: 0 | 9 = 9): Uint8Array {
  return zipSync({ "config.json": text, "model.weights.h5": noise }, { level });
}

function read(bytes: Uint8Array, name: string): Uint8Array {
  const member = openZip(bytesSource(bytes, "m.keras")).open(name);
  const out = new Uint8Array(member.size);
  member.readInto(0, out);
  return out;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof KcError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

/** The directory entry of the first member, where its fields can be falsified. */
function directoryAt(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(bytes.length - 22 + 16, true);
}

function falsify(
  change: (view: DataView, directory: number) => void,
  level: 0 | 9 = 9,
): Uint8Array {
  const bytes = zip(level);
  change(new DataView(bytes.buffer), directoryAt(bytes));
  return bytes;
}

describe("crc32", () => {
  it("gives the published check value", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("continues from the bytes before", () => {
    expect(crc32(noise.subarray(1001), crc32(noise.subarray(0, 1001)))).toBe(crc32(noise));
  });
});

describe("openZip", () => {
  it.each([0, 9] as const)("reads members packed at level %i", (level) => {
    expect(read(zip(level), "config.json")).toEqual(text);
    expect(read(zip(level), "model.weights.h5")).toEqual(noise);
  });

  it("gives a stored member as a window of the file", () => {
    const bytes = zip(0);
    const source = bytesSource(bytes, "m.keras");
    const reads: number[] = [];
    const counted = {
      ...source,
      readInto(offset: number, target: Uint8Array) {
        reads.push(target.length);
        source.readInto(offset, target);
      },
    };
    const member = openZip(counted).open("model.weights.h5");
    reads.length = 0;
    member.readInto(5, new Uint8Array(3));
    expect(reads).toEqual([3]);
  });

  it("lists the members it has when one is missing", () => {
    expect(messageOf(() => read(zip(), "metadata.json"))).toBe(
      'bad-format: m.keras: The zip file has no member "metadata.json".\n  It has: config.json, model.weights.h5.',
    );
  });

  it("refuses a truncated file", () => {
    expect(messageOf(() => read(zip().slice(0, -30), "config.json"))).toBe(
      "corrupt-file: m.keras: The zip file has no directory at its end.\n  It is truncated; fetch it again.",
    );
  });

  it("checks the CRC of stored and deflated members", () => {
    const stored = zip(0);
    stored[60] = (stored[60] ?? 0) ^ 1;
    expect(messageOf(() => read(stored, "config.json"))).toMatch(
      /^corrupt-file: m\.keras\/config\.json: The zip member has CRC-32 [0-9a-f]{8}, the zip file says [0-9a-f]{8}\./,
    );
    const deflated = falsify((view, at) => view.setUint32(at + 16, 7, true));
    expect(messageOf(() => read(deflated, "config.json"))).toMatch(/the zip file says 00000007/);
  });

  it("refuses a member that claims to be far larger than it can be", () => {
    const bomb = falsify((view, at) => view.setUint32(at + 24, 2 ** 31 - 5, true));
    expect(messageOf(() => read(bomb, "config.json"))).toMatch(
      /^limit: m\.keras\/config\.json: The zip member claims to unpack \d+ bytes into 2147483643\.\n {2}At most 100 times is accepted: this looks like a zip bomb\.$/,
    );
  });

  it("stops a member that unpacks to more than it declares", () => {
    const lie = falsify((view, at) => view.setUint32(at + 24, 100, true));
    expect(messageOf(() => read(lie, "config.json"))).toBe(
      "corrupt-file: m.keras/config.json: The zip member unpacks to more than the 100 bytes it declares.",
    );
  });

  it("refuses a member that unpacks to less than it declares", () => {
    const lie = falsify((view, at) => view.setUint32(at + 24, text.length + 1, true));
    expect(messageOf(() => read(lie, "config.json"))).toBe(
      `corrupt-file: m.keras/config.json: The zip member unpacks to ${text.length} bytes, it declares ${text.length + 1}.`,
    );
  });

  it("refuses encrypted members and unknown packings", () => {
    const encrypted = falsify((view, at) => view.setUint16(at + 8, 1, true));
    expect(messageOf(() => read(encrypted, "config.json"))).toBe(
      "unsupported: m.keras, config.json: The zip member is encrypted.",
    );
    const lzma = falsify((view, at) => view.setUint16(at + 10, 14, true));
    expect(messageOf(() => read(lzma, "config.json"))).toMatch(/is packed with method 14\./);
  });

  it.each(["../config.json", "/config.json", "a\\b", "C:x"])(
    "refuses the member name %j",
    (name) => {
      expect(messageOf(() => openZip(bytesSource(zipSync({ [name]: text }), "m.keras")))).toMatch(
        /^corrupt-file: m\.keras: The zip file has a member with an unsafe name/,
      );
    },
  );

  it("refuses two members of one name", () => {
    const bytes = zipSync({ aaaa: text, bbbb: noise });
    const twice = Uint8Array.from(bytes, (byte) => (byte === 0x62 ? 0x61 : byte));
    expect(messageOf(() => openZip(bytesSource(twice, "m.keras")))).toBe(
      'corrupt-file: m.keras: The zip file has two members named "aaaa".',
    );
  });

  it("refuses members that overlap", () => {
    const bytes = zipSync({ a: noise, b: noise });
    const first = directoryAt(bytes);
    new DataView(bytes.buffer).setUint32(first + 46 + 1 + 42, 10, true);
    expect(messageOf(() => openZip(bytesSource(bytes, "m.keras")))).toBe(
      'corrupt-file: m.keras: The zip member "b" overlaps another one.',
    );
  });

  it("refuses a directory beyond the end of the file", () => {
    const bytes = zip();
    new DataView(bytes.buffer).setUint32(bytes.length - 22 + 16, 2 ** 31, true);
    expect(messageOf(() => openZip(bytesSource(bytes, "m.keras")))).toMatch(
      /^corrupt-file: m\.keras: The zip directory should lie at byte 2147483648/,
    );
  });

  it("reads zip64 sizes and offsets", () => {
    expect(read(zip64Of(zipSync({ a: text }, { level: 0 })), "a")).toEqual(text);
  });
});

/** The same archive of one member with every number moved into zip64 records (APPNOTE 4.3.14, 4.5.3). */
function zip64Of(bytes: Uint8Array): Uint8Array {
  const at = directoryAt(bytes);
  const old = new DataView(bytes.buffer);
  const out = new Uint8Array(bytes.length + 28 + 56 + 20);
  const view = new DataView(out.buffer);
  out.set(bytes.subarray(0, at + 47));
  const big = (place: number, value: number) => view.setBigUint64(place, BigInt(value), true);
  for (const field of [20, 24, 42]) view.setUint32(at + field, 0xffffffff, true);
  view.setUint16(at + 30, 28, true);
  const extra = at + 47;
  view.setUint16(extra, 1, true);
  view.setUint16(extra + 2, 24, true);
  big(extra + 4, old.getUint32(at + 24, true));
  big(extra + 12, old.getUint32(at + 20, true));
  big(extra + 20, 0);
  const end64 = extra + 28;
  view.setUint32(end64, 0x06064b50, true);
  big(end64 + 32, 1);
  big(end64 + 40, end64 - at);
  big(end64 + 48, at);
  view.setUint32(end64 + 56, 0x07064b50, true);
  big(end64 + 64, end64);
  out.set(bytes.subarray(bytes.length - 22), end64 + 76);
  view.setUint16(end64 + 76 + 10, 0xffff, true);
  view.setUint32(end64 + 76 + 12, 0xffffffff, true);
  view.setUint32(end64 + 76 + 16, 0xffffffff, true);
  return out;
}

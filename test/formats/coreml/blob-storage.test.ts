import { describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { openBlobStorage } from "../../../src/formats/coreml/blob-storage.ts";

/** A weight file with one array of 10 bytes at byte 128; `change` falsifies it. */
function file(change: (view: DataView) => void = () => {}, size = 138): Uint8Array {
  const view = new DataView(new ArrayBuffer(138));
  view.setUint32(0, 1, true);
  view.setUint32(4, 2, true);
  view.setUint32(64, 0xdeadbeef, true);
  view.setUint32(68, 4, true);
  view.setBigUint64(72, 10n, true);
  view.setBigUint64(80, 128n, true);
  change(view);
  return new Uint8Array(view.buffer).slice(0, size);
}

function messageOf(bytes: Uint8Array, offset = 64): string {
  try {
    const { dataType, data } = openBlobStorage(bytesSource(bytes, "weight.bin")).blob(offset);
    return `${dataType} of ${data.size} bytes`;
  } catch (error) {
    if (error instanceof KcError) return `${error.code} ${error.message.split("\n")[0]}`;
    throw error;
  }
}

describe("a weight file", () => {
  it("gives the array of a record", () => {
    expect(messageOf(file())).toBe("INT8 of 10 bytes");
  });

  it.each([
    [
      "another version",
      file((view) => view.setUint32(4, 1, true)),
      "unsupported weight.bin: The weight file has version 1, expected 2.",
    ],
    [
      "another format",
      file((view) => view.setUint32(4, 0x46444889, true)),
      "bad-format weight.bin: The weight file has version 1178880137, expected 2.",
    ],
    [
      "more arrays than fit",
      file((view) => view.setUint32(0, 99, true)),
      "corrupt-file weight.bin: The weight file claims 99 arrays in 138 bytes.",
    ],
    [
      "no header",
      file(() => {}, 20),
      "corrupt-file weight.bin: The header of the weight file should lie at byte 0, 64 bytes long, but the file ends at byte 20.",
    ],
    [
      "a cut record",
      file(() => {}, 127),
      "corrupt-file weight.bin: The weight file claims 1 arrays in 127 bytes.",
    ],
    [
      "cut numbers",
      file(() => {}, 137),
      "corrupt-file weight.bin: An array of INT8 should lie at byte 128, 10 bytes long, but the file ends at byte 137.",
    ],
    [
      "no sentinel",
      file((view) => view.setUint32(64, 0, true)),
      "corrupt-file weight.bin, byte 64: There is no array where the program looks for one.",
    ],
    [
      "an unknown type",
      file((view) => view.setUint32(68, 18, true)),
      "corrupt-file weight.bin, byte 64: An array has the unknown type 18.",
    ],
    [
      "numbers inside a record",
      file((view) => view.setBigUint64(80, 64n, true)),
      "corrupt-file weight.bin, byte 64: The numbers of an array should begin at byte 64, which is no place for them.",
    ],
    [
      "a claim of exabytes",
      file((view) => view.setBigUint64(72, 2n ** 63n, true)),
      "corrupt-file weight.bin: An array of INT8 should lie at byte 128, 9223372036854776000 bytes long, but the file ends at byte 138.",
    ],
    [
      "unused bits of whole bytes",
      file((view) => view.setBigUint64(88, 4n, true)),
      "corrupt-file weight.bin, byte 64: 4 bits at the end of an array of INT8 are said to be unused.",
    ],
  ])("with %s is refused", (_, bytes, message) => {
    expect(messageOf(bytes)).toBe(message);
  });

  it.each([0, 63, 65, -64])("has no array at byte %i", (offset) => {
    expect(messageOf(file(), offset)).toContain("which is no place for one");
  });
});

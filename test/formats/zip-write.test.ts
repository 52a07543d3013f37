import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { bytesSource, collectBytes, type OutputFile } from "../../src/formats/bytes.ts";
import { openZip } from "../../src/formats/zip.ts";
import { writeZip } from "../../src/formats/zip-write.ts";
import { temporaryFolder } from "../temporary.ts";

function member(path: string, bytes: Uint8Array): OutputFile {
  const half = bytes.length >> 1;
  const chunks = () => [bytes.subarray(0, half), bytes.subarray(half)];
  return { path, byteLength: bytes.length, chunks };
}

const MEMBERS: ReadonlyMap<string, Uint8Array> = new Map([
  ["metadata.json", new TextEncoder().encode('{"keras_version": "3.15.1"}')],
  ["empty", new Uint8Array(0)],
  ["assets/é.bin", new Uint8Array(100_000).map((_, at) => at * 7)],
]);

const zip = () => writeZip([...MEMBERS].map(([path, bytes]) => member(path, bytes)));

describe("a written zip file", () => {
  it("gives our reader its members back, checksums and all", () => {
    const opened = openZip(bytesSource(collectBytes(zip())));
    expect(opened.names).toEqual([...MEMBERS.keys()]);
    for (const [name, bytes] of MEMBERS) {
      const source = opened.open(name);
      const read = new Uint8Array(source.size);
      source.readInto(0, read);
      expect(read).toEqual(bytes);
    }
  });

  it("is read equally by fflate", () => {
    expect(new Map(Object.entries(unzipSync(collectBytes(zip()))))).toEqual(MEMBERS);
  });

  it("is found sound by Python's zipfile", () => {
    const path = join(temporaryFolder(), "written.zip");
    writeFileSync(path, collectBytes(zip()));
    const listing = execFileSync("python3", ["-m", "zipfile", "-t", path], { encoding: "utf8" });
    expect(listing).toContain("Done testing");
  });

  it("is the same, byte for byte, each time", () => {
    expect(collectBytes(zip())).toEqual(collectBytes(zip()));
  });

  it("is refused beyond 4 GiB, before anything is read", () => {
    const chunks = (): never => {
      throw new Error("read");
    };
    expect(() => writeZip([{ path: "model.weights.h5", byteLength: 2 ** 32, chunks }])).toThrow(
      "The archive would take 4294967442 bytes, more than a plain zip file holds.",
    );
  });
});

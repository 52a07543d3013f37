import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import { encodeModel } from "../../../src/formats/coreml/encode.ts";
import { listCases } from "../../cases.ts";

function collect(chunks: Iterable<Uint8Array>): Buffer {
  const parts: Buffer[] = [];
  for (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

/** coremltools 4.1 writes two user-defined entries in the order of a hash; ours are sorted. */
const UNSORTED = new Set(["generations/k231"]);

describe("files of coremltools", () => {
  const cases = ["micro", "generations", "snacks"]
    .flatMap(listCases)
    .filter(({ json }) => json.convert?.golden !== undefined);

  test("there are plenty of them", () => {
    expect(cases.length).toBeGreaterThan(220);
  });

  test.each(cases.map((one) => [one.id, one] as const))(
    "%s: decoded and encoded is the same file",
    (_, one) => {
      const golden = readFileSync(join(one.folder, one.json.convert?.golden ?? ""));
      const encoded = encodeModel(decodeModel(golden));
      const bytes = collect(encoded.chunks());
      expect(encoded.byteLength).toBe(golden.length);
      if (UNSORTED.has(one.id)) expect(decodeModel(bytes)).toEqual(decodeModel(golden));
      else expect(bytes.equals(golden)).toBe(true);
    },
  );
});

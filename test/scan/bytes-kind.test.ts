import { describe, expect, it } from "vitest";
import { kindOfBase64, kindOfBytes } from "../../src/scan/bytes-kind.ts";

/** `pickle.dumps({"a": 1}, protocol)` of Python 3.11. */
const PICKLES: Readonly<Record<number, string>> = {
  0: "(dp0\nVa\np1\nI1\ns.",
  2: "\u0080\u0002}q\u0000X\u0001\u0000\u0000\u0000aq\u0001K\u0001s.",
  4: "\u0080\u0004\u0095\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000}\u0094\u008c\u0001a\u0094K\u0001s.",
};

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

describe("bytes", () => {
  it.each(Object.entries(PICKLES))("are a pickle of protocol %s", (_, text) => {
    expect(kindOfBytes(bytes(text))).toBe("pickle");
  });

  it("are the shortest pickle that runs a command", () => {
    expect(kindOfBytes(bytes("cos\nsystem\n(S'true'\ntR."))).toBe("pickle");
  });

  it.each([
    ["a program of Linux", "\u007fELF\u0002\u0001"],
    ["a script", "#!/usr/bin/env python\n"],
    ["a program of macOS", "\u00cf\u00fa\u00ed\u00fe\u0007\u0000\u0000\u0001"],
  ])("are %s", (_, text) => {
    expect(kindOfBytes(bytes(text))).toBe("program");
  });

  it("are an archive", () => {
    expect(kindOfBytes(bytes("PK\u0003\u0004rest"))).toBe("archive");
    expect(kindOfBytes(bytes("\u001f\u008b\u0008rest"))).toBe("archive");
  });

  it.each(["", "text.", "compute\nsomething\n.", "\u0080\u0002\u0001\u0001.", "MZ", "\u0080"])(
    "are nothing of note: %j",
    (text) => {
      expect(kindOfBytes(bytes(text))).toBeUndefined();
    },
  );
});

describe("base64", () => {
  it("is byte code of Python 2 and 3", () => {
    expect(kindOfBase64("4wEAAAAAAAAAAAAAAAEAAAAD")).toBe("code");
    expect(kindOfBase64("YwEAAAABAAAAAgAAAEMAAABz")).toBe("code");
  });

  it("is a pickle", () => {
    expect(kindOfBase64(btoa(PICKLES[4] ?? ""))).toBe("pickle");
  });

  it.each(["mean_squared_error", "gASV is a word of mine", "AAAAAAAAAAAAAAAAAAAAAAAA"])(
    "is nothing of note: %s",
    (text) => {
      expect(kindOfBase64(text)).toBeUndefined();
    },
  );
});

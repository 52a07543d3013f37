import { describe, expect, it } from "vitest";
import { fillPattern } from "../../../src/train/callbacks/file-pattern.ts";

const logs = { epoch: 7, val_loss: 0.98765, val_acc: 0.5 };

describe("a file pattern", () => {
  it("is filled in as Python does", () => {
    const pattern = "multisnacks-{epoch:03d}-{val_loss:.4f}-{val_acc:.4f}.hdf5";
    expect(fillPattern(pattern, logs)).toBe("multisnacks-007-0.9877-0.5000.hdf5");
  });

  it("keeps doubled braces as single ones", () => {
    expect(fillPattern("{{{epoch}}}", logs)).toBe("{7}");
  });

  it("refuses what was not measured", () => {
    expect(() => fillPattern("m-{val_accuracy:.2f}.h5", logs)).toThrow(
      'The file pattern "m-{val_accuracy:.2f}.h5" asks for "val_accuracy", which was not measured.',
    );
  });

  it("refuses a format that Python does not have", () => {
    expect(() => fillPattern("m-{val_loss:.4q}.h5", logs)).toThrow('has the format ".4q".');
  });

  it("refuses a brace that stands alone, an attribute and a conversion", () => {
    for (const pattern of ["a{.h5", "a}.h5", "{epoch.real}", "{epoch!r}", "{}"]) {
      expect(() => fillPattern(pattern, logs), pattern).toThrow("has a single");
    }
  });

  it("asks for nothing that the values merely inherit", () => {
    expect(() => fillPattern("{constructor}", logs)).toThrow("which was not measured");
  });
});

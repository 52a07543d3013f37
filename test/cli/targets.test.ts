import { describe, expect, it } from "vitest";
import { CONVERT_FLAGS, READING_FLAGS } from "../../src/cli/convert-flags.ts";
import { keyOf } from "../../src/cli/flag-reader.ts";
import { TARGETS } from "../../src/cli/targets.ts";

/** Those that concern the reading of a model, the choice of the target, or the command itself. */
const EVERYWHERE = [
  ...READING_FLAGS.map(({ flags }) => keyOf(flags)),
  ...["to", "json", "force", "verify", "quiet"],
];

describe("the targets of kc convert", () => {
  const flags = CONVERT_FLAGS.flatMap((group) => group.flags.map((flag) => keyOf(flag.flags)));

  it("take only options that the command has", () => {
    const taken = TARGETS.flatMap(({ options }) => options);
    expect(taken.filter((key) => !flags.includes(key))).toEqual([]);
  });

  it("leave no option of the command without use", () => {
    const useful = new Set([...EVERYWHERE, ...TARGETS.flatMap(({ options }) => options)]);
    expect(flags.filter((key) => !useful.has(key))).toEqual([]);
  });

  it("are recognised by names that no other claims", () => {
    const examples = [
      "a.mlmodel",
      "a.MLMODEL",
      "a.onnx",
      "b/c.ONNX",
      "a/",
      "a.h5",
      "a.HDF5",
      "a.keras",
      "a.weights.h5",
    ];
    const claims = examples.map(
      (name) => TARGETS.filter(({ pattern }) => pattern.test(name)).length,
    );
    expect(claims).toEqual(examples.map(() => 1));
  });
});

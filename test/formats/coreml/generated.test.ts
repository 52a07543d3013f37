import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { enumTable, messageTable } from "../../../src/formats/coreml/schema.gen.ts";
import { messageSchema } from "../../../src/formats/coreml/schema.ts";
import { layerVersions } from "../../../src/formats/coreml/types.gen.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/generate.mjs", import.meta.url));

test("the generated files are those that proto/ gives", () => {
  expect(execFileSync(process.execPath, [SCRIPT, "--check"], { encoding: "utf8" })).toBe("");
});

test("the table holds every message and enum of the format", () => {
  expect(Object.keys(messageTable)).toHaveLength(339);
  expect(Object.keys(enumTable)).toHaveLength(34);
});

test("every type that a field names is a scalar, an enum or a message of the table", () => {
  const missing = Object.keys(messageTable).flatMap((name) =>
    messageSchema(name).fields.flatMap(({ type }) =>
      type.kind === "message" && messageTable[type.name] === undefined ? [type.name] : [],
    ),
  );
  expect(missing).toEqual([]);
});

test("the lowest specification version of a layer comes from the comment beside it", () => {
  const { convolution, resizeBilinear, custom, clip, clampedReLU } = layerVersions;
  expect([convolution, resizeBilinear, custom, clip, clampedReLU]).toEqual([1, 3, 2, 4, 5]);
});

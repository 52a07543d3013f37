import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCustomLayers } from "../../src/cli/custom-layers.ts";
import { temporaryFolder } from "../temporary.ts";

function module(text: string): string {
  const path = join(temporaryFolder(), "layers.mjs");
  writeFileSync(path, text);
  return path;
}

const SPEC = '{ classNames: ["Twice"], lower: (call) => ({ outputs: call.inputs }) }';

describe("custom layers", () => {
  it.each([`export const layers = [${SPEC}];`, `export default ${SPEC};`])(
    "come from %s",
    async (text) => {
      const specs = await loadCustomLayers(module(text));
      expect(specs.map((spec) => spec.classNames)).toEqual([["Twice"]]);
    },
  );

  it.each([
    ["export const other = 1;", 'exports no layers, expected "export const layers = [{ … }]".'],
    ["export const layers = [];", 'exports no layers, expected "export const layers = [{ … }]".'],
    ["export const layers = [7];", "layer 1 is not an object."],
    [
      `export const layers = [${SPEC}, {}];`,
      'layer 2 has no classNames, expected a list such as ["MyLayer"].',
    ],
    ['export default { classNames: ["A"] };', "layer 1 has no function lower(call)."],
    [
      'export default { classNames: ["A"], lower() {}, slots: [] };',
      "layer 1 has slots that are no function.",
    ],
  ])("are refused from %s", async (text, message) => {
    await expect(loadCustomLayers(module(text))).rejects.toThrow(message);
  });

  it("name the module that cannot be loaded", async () => {
    const path = module("export const layers = [;");
    await expect(loadCustomLayers(path)).rejects.toThrow(`${path} cannot be loaded: `);
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openTfjsLayersFolder } from "../../src/backends/tfjs-layers-folder.ts";
import { openFile } from "../../src/io/node.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { writeTfjsLayers } from "../../src/targets/tfjs-model/index.ts";
import { openCase, readArray } from "../cases.ts";
import { formsOf } from "../forms.ts";
import { temporaryFolder } from "../temporary.ts";

const CASE = openCase("micro/conv2d_relu");
const none = () => Promise.resolve(undefined);

function readAgain(folder: string) {
  return <T>(use: (graph: Graph) => T): T => {
    const source = openFile(join(folder, "model.json"));
    try {
      return use(readKeras(source).graph);
    } finally {
      source.close();
    }
  };
}

/** The case as a layers model. */
function written(): string {
  const folder = temporaryFolder();
  const [form] = formsOf(CASE);
  if (form === undefined) throw new Error("the case has no model");
  for (const { path, byteLength, chunks } of writeTfjsLayers(form.read().graph, {}).files) {
    const bytes = Buffer.concat([...chunks()]);
    expect(bytes.length).toBe(byteLength);
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** How far the model in the folder is from what Keras gave. */
async function furthest(folder: string, library?: typeof none): Promise<readonly [number, string]> {
  const model = await openTfjsLayersFolder(folder, readAgain(folder), library);
  const [input, output] = [CASE.json.inputs[0], CASE.json.outputs[0]];
  if (input === undefined || output === undefined) throw new Error("the case is empty");
  const [result] = model.run([{ shape: input.shape, data: readArray(CASE, input) }]);
  const expected = readArray(CASE, output);
  const far = expected.map((value, index) => Math.abs(value - (result?.data[index] ?? Number.NaN)));
  model.dispose();
  return [Math.max(...far), model.title];
}

describe("a layers model in a folder", () => {
  it.each([
    ["tfjs-layers", undefined, /, tfjs-layers 4\./],
    ["kc's own reader", none, /, layers read again by kc$/],
  ] as const)("computes what Keras did, by %s", async (_by, library, title) => {
    const [far, said] = await furthest(written(), library);
    expect(far).toBeLessThan(1e-5);
    expect(said).toMatch(title);
  });

  it("computes something else when its weights are damaged", async () => {
    const folder = written();
    const path = join(folder, "group1-shard1of1.bin");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 0, 32));
    expect((await furthest(folder))[0]).toBeGreaterThan(1e-3);
    expect((await furthest(folder, none))[0]).toBeGreaterThan(1e-3);
  });
});

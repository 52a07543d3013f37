import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { writeHdf5 } from "../../../src/formats/hdf5-writer/index.ts";
import { openZip } from "../../../src/formats/zip.ts";
import { openFile } from "../../../src/io/node.ts";
import { readKeras } from "../../../src/sources/keras/index.ts";
import { openTraced, type TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../../src/targets/keras/index.ts";
import { legacyFile } from "../../../src/targets/keras/legacy/file.ts";
import { weightGroups } from "../../../src/targets/keras/legacy/weight-groups.ts";
import { FIXTURES, openCase } from "../../cases.ts";
import { difference } from "./difference.ts";

it("operations out of an HDF5 file of Keras 3 say where they are defined", () => {
  const model = openTraced(openFile(join(FIXTURES, "layers/k3_ops_arithmetic/model.keras")));
  const { file } = writeKeras(openTraced(asKeras3Writes(model)), { container: ".keras" });
  const member = openZip(bytesSource(collectBytes(file))).open("config.json");
  const text = new Uint8Array(member?.size ?? 0);
  member?.readInto(0, text);
  expect(new TextDecoder().decode(text)).toMatch(
    /"module": ?"keras\.src\.ops\.numpy", ?"class_name": ?"Multiply"/,
  );
});

for (const name of ["k3_ops_matmul/model.keras", "tf_hard_swish/model.h5"]) {
  it(`an HDF5 file of Keras 3 says ${name} in layers, which compute the same`, () => {
    const testCase = openCase(`layers/${name.slice(0, name.indexOf("/"))}`);
    const model = openTraced(openFile(join(FIXTURES, "layers", name)));
    const { file } = writeKeras(model, { container: ".h5", keras: 3 });
    const bytes = bytesSource(collectBytes(file));
    const all = openTraced(bytes).model.layers;
    const layers = all.filter(({ className }) => className !== "InputLayer");
    expect(layers.every(({ json }) => "trainable" in json)).toBe(true);
    const outputs = model.model.outputs.map(({ layer }) => layer);
    expect(layers.map((layer) => layer.name)).toEqual(expect.arrayContaining(outputs));
    expect(difference(readKeras(bytes).graph, testCase)).toBeUndefined();
  });
}

it("an operation that no layer computes is refused in an HDF5 file of Keras 3, with its name", () => {
  const model = openTraced(openFile(join(FIXTURES, "layers/k3_ops_arithmetic/model.keras")));
  expect(() => writeKeras(model, { container: ".h5" })).toThrow(
    'Layer "true_divide_1" (TrueDivide): the operation TrueDivide has no equal among the layers of Keras 3: Keras has no layer for reciprocal of every number.\n  Write a .keras file instead.',
  );
});

/** Keras 3 writes such files, and does not read them. */
function asKeras3Writes({ archive, model, table, specs }: TracedModel) {
  const { dialect } = archive;
  const groups = weightGroups(model, { table, specs, dialect });
  const root = legacyFile(groups, { model: archive.model, dialect });
  return bytesSource(collectBytes(writeHdf5(root)));
}

import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openZip } from "../../../src/formats/zip.ts";
import { openFile } from "../../../src/io/node.ts";
import { openTraced } from "../../../src/sources/keras/traced-model.ts";
import { writeKeras } from "../../../src/targets/keras/index.ts";
import { FIXTURES } from "../../cases.ts";

it("operations out of an HDF5 file of Keras 3 say where they are defined", () => {
  const model = openTraced(openFile(join(FIXTURES, "layers/k3_ops_arithmetic/model.keras")));
  const legacy = bytesSource(collectBytes(writeKeras(model, { container: ".h5" }).file));
  const { file } = writeKeras(openTraced(legacy), { container: ".keras" });
  const member = openZip(bytesSource(collectBytes(file))).open("config.json");
  const text = new Uint8Array(member?.size ?? 0);
  member?.readInto(0, text);
  expect(new TextDecoder().decode(text)).toMatch(
    /"module": ?"keras\.src\.ops\.numpy", ?"class_name": ?"Multiply"/,
  );
});

it("operations in an HDF5 file of Keras 3 are refused, since Keras does not find them there", () => {
  const model = openTraced(openFile(join(FIXTURES, "layers/tf_hard_swish/model.h5")));
  expect(() => writeKeras(model, { container: ".h5", keras: 3 })).toThrow(
    "Keras 3 cannot read operations from HDF5 files.",
  );
});

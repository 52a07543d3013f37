import { createDiagnostics } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { detectContainer } from "../../formats/detect.ts";
import { openHdf5 } from "../../formats/hdf5/index.ts";
import { openModel } from "./open-model.ts";
import { allLayers } from "./topology.ts";
import { readNames, readText } from "./weight-store.ts";

/**
 * What a file of any kind calls its layers, with weights or without, nested ones too; none for state files (`.weights.h5`), which name no
 * layers. Throws what opening it throws.
 */
export function namesInFile(source: ByteSource): readonly string[] {
  if (detectContainer(source) === "hdf5") {
    const { root } = openHdf5(source);
    if (readText(root.attributes, "model_config") === undefined) {
      const inside = root.get("model_weights");
      const start = inside?.kind === "group" ? inside : root;
      return readNames(start.attributes, "layer_names");
    }
  }
  const { model } = openModel(source, {}, createDiagnostics());
  return allLayers(model).map(({ name }) => name);
}

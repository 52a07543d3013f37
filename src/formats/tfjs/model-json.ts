import { isJsonList, isJsonObject, type JsonObject } from "../../json.ts";

/** The two forms of TensorFlow.js models: layers as Keras has them, or operations of TensorFlow. */
export type TfjsForm = "layers-model" | "graph-model";

/** What a `model.json` holds; undefined for JSON of another kind. Old files do not state their form. */
export function tfjsForm(json: JsonObject): TfjsForm | undefined {
  const { modelTopology: topology, weightsManifest: manifest, format } = json;
  if (format === "graph-model") return "graph-model";
  if (isJsonObject(topology)) {
    return isJsonList(topology.node) ? "graph-model" : "layers-model";
  }
  return isJsonList(manifest) || topology !== undefined ? "layers-model" : undefined;
}

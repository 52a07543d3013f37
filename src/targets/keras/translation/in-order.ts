import { layerOrder } from "../../../sources/keras/layer-order.ts";
import type { WordedModel } from "./worded-model.ts";

/** The model with its layers in the order in which Keras has them: by how far they are from the outputs. */
export function inOrder(model: WordedModel): WordedModel {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const plain = model.layers.map(({ name, calls }) => ({ ...BLANK, name, path: name, calls }));
  const order = layerOrder({ ...model, className: "Functional", inputKeys: [], layers: plain });
  return { ...model, layers: order.flatMap(({ name }) => byName.get(name) ?? []) };
}

const BLANK = {
  fileClass: "",
  className: "",
  json: {},
  config: {},
  trainable: true,
  ownTrainable: true,
};

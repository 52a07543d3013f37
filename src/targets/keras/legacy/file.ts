import {
  type AttributeContent,
  createGroup,
  type GroupDraft,
} from "../../../formats/hdf5-writer/index.ts";
import type { JsonObject } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { writeJson } from "../write-json.ts";

/** What a legacy file holds beside its weights. */
export interface LegacyParts {
  /** `model_config`: a class and its config. */
  readonly model: JsonObject;
  readonly training?: JsonObject;
  readonly dialect: Dialect;
}

/**
 * A whole model in legacy HDF5 around the groups of its weights, as `model.save("model.h5")` has it.
 *
 * @see keras/engine/saving.py `_serialize_model` (2.2.4)
 */
export function legacyFile(
  weights: GroupDraft,
  { model, training, dialect }: LegacyParts,
): GroupDraft {
  const root = createGroup();
  const { generation, version, backend } = dialect;
  root.attributes.set("keras_version", text(version));
  if (generation !== 1) root.attributes.set("backend", text(backend || "tensorflow"));
  const { class_name: className = null, config = null } = model;
  root.attributes.set("model_config", text(writeJson({ class_name: className, config })));
  putTraining(root, training);
  root.members.set("model_weights", weights);
  return root;
}

/** States the training of a compiled model; nothing for one that is not. */
export function putTraining(root: GroupDraft, training: JsonObject | undefined): void {
  if (training === undefined) root.attributes.delete("training_config");
  else root.attributes.set("training_config", text(writeJson(training)));
}

function text(value: string): AttributeContent {
  return { kind: "text", value, charset: "ascii" };
}

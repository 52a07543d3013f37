import type { ModelProto, StringStringEntryProto } from "../../formats/onnx/types.gen.ts";
import type { Settings } from "./options.ts";

/**
 * What the model says of itself. Author and licence under the keys that the ONNX documentation names.
 * @see onnx/docs/MetadataProps.md
 */
export function metadataOf(
  settings: Settings,
): Pick<ModelProto, "docString" | "modelVersion" | "metadataProps"> {
  const { author, license, shortDescription, modelVersion, classLabels, userDefined } = settings;
  // The field of the format holds whole numbers only.
  const whole = /^\d{1,15}$/.test(modelVersion ?? "");
  const labels = classLabels === undefined ? undefined : JSON.stringify(classLabels);
  const own = Object.entries(userDefined ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["model_author", author],
    ["model_license", license],
    ["model_version", whole ? undefined : modelVersion],
    ["class_labels", labels],
    ...own,
  ];
  const metadataProps = entries.flatMap(([key, value]): readonly StringStringEntryProto[] =>
    value === undefined ? [] : [{ key, value }],
  );
  return {
    ...(shortDescription === undefined ? {} : { docString: shortDescription }),
    ...(whole ? { modelVersion: Number(modelVersion) } : {}),
    ...(metadataProps.length === 0 ? {} : { metadataProps }),
  };
}

import type { ByteSource } from "../formats/bytes.ts";
import { readManifest, weightFilesOf } from "../formats/tfjs/manifest.ts";
import { tfjsForm } from "../formats/tfjs/model-json.ts";
import type { ArrayFacts, Inspection, TreeLine } from "../report/inspection.ts";
import { readLoneJson, refuseJson } from "../sources/keras/lone-json.ts";
import { statisticsOf } from "../weights/statistics.ts";
import { NO_NUMBERS } from "./inspect-numbers.ts";
import { jsonTree } from "./json-tree.ts";

/** What a `model.json` of TensorFlow.js and its files of weights hold. Throws `bad-format` for other JSON. */
export function inspectTfjs(
  source: ByteSource,
  options: { readonly statistics: boolean; readonly tree: boolean },
): Pick<Inspection, "container" | "arrays" | "tree"> {
  const json = readLoneJson(source);
  const format = tfjsForm(json);
  if (format === undefined) return refuseJson(json, source);
  const arrays = readManifest(json.weightsManifest, source).map(
    ({ name, shape, dtype, storage, ref }): ArrayFacts => ({
      path: name,
      shape,
      dtype,
      storage,
      ...(options.statistics && ref !== undefined ? statisticsOf(ref) : NO_NUMBERS),
    }),
  );
  const writer = [json.generatedBy, json.convertedBy].filter((by) => typeof by === "string");
  const tree: readonly TreeLine[] = options.tree ? jsonTree(json) : [];
  return {
    container: {
      kind: "TensorFlow.js",
      format,
      writer,
      files: weightFilesOf(json.weightsManifest),
    },
    arrays,
    ...(options.tree ? { tree } : {}),
  };
}

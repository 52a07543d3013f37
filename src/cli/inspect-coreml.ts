import { type Diagnostic, KcError } from "../errors.ts";
import type { ByteFolder, ByteSource } from "../formats/bytes.ts";
import { isFolder } from "../formats/bytes.ts";
import { readModel } from "../formats/coreml/decode.ts";
import { messageTree } from "../formats/coreml/message-tree.ts";
import { membersOf } from "../formats/coreml/network.ts";
import { type CoreMLPlace, locateCoreML } from "../formats/coreml/open.ts";
import { wholeOf } from "../formats/coreml/region.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { CoreMLInspection } from "../report/coreml-inspection.ts";
import type { ArrayFacts, TreeLine } from "../report/inspection.ts";
import { coreMLFacts, metadataFacts } from "./coreml-facts.ts";
import { programWeights } from "./coreml-program-weights.ts";
import { networkWeights } from "./coreml-weights.ts";

/** What a Core ML file is and holds, without knowing what its layers compute. Throws what opening one throws. */
export function inspectCoreML(
  input: ByteSource | ByteFolder,
  options: { readonly statistics: boolean; readonly tree: boolean },
): CoreMLInspection {
  const place = locateCoreML(input);
  const { source, container, path, zipped } = place;
  const unknown = new Set<string>();
  const model = readModel(source, { onUnknown: (what) => unknown.add(withoutIndices(what)) });
  return {
    file: input.name,
    bytes: isFolder(input) ? source.size + weightsSize(place) : input.size,
    container: { kind: container, zipped, ...(path === "" ? {} : { path }) },
    model: coreMLFacts(model),
    metadata: metadataFacts(model),
    arrays: arraysIn(model, place, options.statistics, ""),
    warnings: [...unknown].slice(0, MOST_WARNINGS).map(unknownWarning),
    ...(options.tree ? { tree: treeOf(source) } : {}),
  };
}

function arraysIn(
  model: Model,
  place: CoreMLPlace,
  statistics: boolean,
  prefix: string,
): readonly ArrayFacts[] {
  const fileSize = place.source.size;
  const own = [
    ...networkWeights(model, statistics),
    ...programWeights(model, place.blobs, { statistics, fileSize }),
  ];
  const members = membersOf(model).flatMap((member, index) =>
    arraysIn(member, place, statistics, `${prefix}${index + 1}/`),
  );
  return [...own.map((array) => ({ ...array, path: `${prefix}${array.path}` })), ...members];
}

/** A tree is to be read by people; more lines say nothing more. */
const MOST_LINES = 50_000;
const MOST_WARNINGS = 20;

function treeOf(source: ByteSource): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  for (const line of messageTree("Model", wholeOf(source))) {
    if (lines.length >= MOST_LINES) {
      lines.push({ depth: 0, name: "…", what: "and more, not shown", attributes: [] });
      break;
    }
    lines.push({ ...line, attributes: [] });
  }
  return lines;
}

/** Of the weight file that packages have; a program without one has no such file. */
function weightsSize({ blobs }: CoreMLPlace): number {
  try {
    return blobs("@model_path/weights/weight.bin").size;
  } catch (error) {
    if (error instanceof KcError) return 0;
    throw error;
  }
}

/** `layers[3].#999` and `layers[4].#999` are the same news. */
function withoutIndices(path: string): string {
  return path.replace(/\[\d+\]/g, "");
}

function unknownWarning(path: string): Diagnostic {
  return {
    code: "unsupported",
    text: `${path} is not known here: the file is damaged, or of a later format.`,
  };
}

import { collectBytes } from "../formats/bytes.ts";
import { decodeModel } from "../formats/coreml/decode.ts";
import { readBytes } from "../io/node.ts";
import type { Graph } from "../ir/graph.ts";
import type { CoreMLOptions, CoreMLResult } from "../targets/coreml-nn/index.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { PictureChoice } from "./pictures.ts";
import { verifyModels } from "./verify-models.ts";
import { statedPreparation } from "./verify-pictures.ts";
import type { VerificationReport } from "./verify-report.ts";

/** What was converted, and where to. */
export interface Written {
  /** Of the Keras file. */
  readonly name: string;
  readonly graph: Graph;
  /** Path, or `-` for the standard output. */
  readonly output: string;
  readonly result: CoreMLResult;
  readonly pictures: PictureChoice;
  /** Preparation of pictures that came from the model file, by input. */
  readonly carried?: CoreMLOptions["preprocessing"];
}

/** Compares a model just written with the one it was made of, from the file's bytes; pictures as the options say. */
export function verifyWritten(
  { name, graph, output, result, pictures, carried }: Written,
  flags: FlagReader,
  progress: (text: string) => void,
): Promise<VerificationReport> {
  const isFile = output !== "-";
  const model = decodeModel(isFile ? readBytes(output) : collectBytes(result.file));
  const takesPictures = flags.has("imageInputNames");
  const { preprocessing } = pictures;
  const stated = takesPictures ? (preprocessing ?? statedPreparation(flags)) : undefined;
  const byName = new Map(Object.entries(carried ?? {}));
  const preparation = carried === undefined ? stated : (input: string) => byName.get(input);
  const expected = { preparation, name: preprocessing?.name ?? "as given", warnings: [] };
  const names = [name, isFile ? output : "the standard output"] as const;
  return verifyModels({ graph, model, names, pictures: expected }, flags, progress);
}

import type { Diagnostic } from "../errors.ts";
import { PRESETS, type Preprocessing } from "../image/preprocessing.ts";
import type { Graph } from "../ir/graph.ts";
import type { Preparation } from "../verify/compare/index.ts";
import type { FlagReader } from "./flag-reader.ts";
import { type ExpectedPictures, expectedPictures } from "./verify-pictures.ts";

/** How pictures are prepared for the only input of a model, and how that is known. */
export interface PicturePreparation {
  readonly preprocessing: Preprocessing;
  /** `tf`, `none`, `as given` */
  readonly name: string;
  /** Said of what was recognised rather than told. */
  readonly why?: string;
  readonly warnings: readonly Diagnostic[];
}

/** As the options say, or as the architecture is known to want them; a warning where nobody knows. Throws `bad-option`. */
export function picturePreparation(graph: Graph, flags: FlagReader): PicturePreparation {
  const expected = expectedPictures(graph, flags);
  const { preparation = PRESETS.none, name, why } = expected;
  return {
    preprocessing: preparedFor(preparation, graph.inputs[0]?.name ?? ""),
    name,
    ...(why === undefined ? {} : { why }),
    warnings: [...expected.warnings, ...unknownPixels(expected)],
  };
}

/** What is done to the pixels of one input. */
export function preparedFor(preparation: Preparation, input: string): Preprocessing {
  const found = typeof preparation === "function" ? preparation(input) : preparation;
  return found ?? PRESETS.none;
}

/** The commonest reason for predictions that are always the same. */
function unknownPixels({ preparation }: ExpectedPictures): readonly Diagnostic[] {
  if (preparation !== undefined) return [];
  const text = "It is not known how pictures were prepared in training, so pixels stay 0 to 255.";
  const hint = "Say it: --preprocess tf, caffe, torch, 0-1 or none.";
  return [{ code: "bad-option", text, at: {}, hint }];
}

import { type Diagnostic, fail } from "../errors.ts";
import type { ByteSource, OutputBytes } from "../formats/bytes.ts";
import { readModel } from "../formats/coreml/decode.ts";
import { piecedSource } from "../formats/coreml/pieced-source.ts";
import { wholeOf } from "../formats/coreml/region.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { Change } from "./change.ts";
import { changeDescriptions, type Texts } from "./feature-descriptions.ts";
import { changeLabels, type Labels } from "./labels.ts";
import { changeMetadata, type MetadataEdit } from "./metadata.ts";
import { changePixels, type PixelEdit } from "./pixels.ts";
import { renameFeatures } from "./rename.ts";
import { swiftWarnings } from "./swift-names.ts";

/** What to change in a Core ML model. Names are the old ones, but for descriptions, which use the new ones. */
export interface EditOptions extends MetadataEdit, PixelEdit {
  /** New names of inputs and outputs, by old ones. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly inputDescriptions?: Texts;
  readonly outputDescriptions?: Texts;
  readonly classLabels?: Labels;
}

/** A changed model: what it is, and what became of the old one. */
export interface EditedModel {
  /** The bytes of the new `.mlmodel`. They are taken from the old file while they are written, so it must stay open. */
  readonly file: OutputBytes;
  /** A line for each change; none when everything was so already. */
  readonly changes: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Changes names, texts, labels and the preparation of pictures of a `.mlmodel`, and nothing else: all other bytes of the
 * file stay as they are, also those of fields that are not known here. Weights are never in memory.
 *
 * Throws `KcError`: what reading a model throws, `bad-option` for what the model does not have, `unsupported` for what
 * cannot be changed, `limit` beyond the 2 GiB that the format holds.
 */
export function editCoreML(source: ByteSource, options: EditOptions): EditedModel {
  let current: ByteSource & OutputBytes = piecedSource([wholeOf(source)], source.name);
  const changes: string[] = [];
  for (const step of stepsOf(options)) {
    const change = step(readModel(current, { onUnknown: () => {} }));
    const content = change.rule(wholeOf(current));
    changes.push(...change.report());
    if (content !== undefined) current = piecedSource(content, source.name);
  }
  if (current.size > LARGEST) {
    fail(
      "limit",
      `The model would take ${current.size} bytes; the format holds at most ${LARGEST}.`,
    );
  }
  return { file: current, changes, warnings: swiftWarnings(Object.values(options.rename ?? {})) };
}

const LARGEST = 2 ** 31 - 1;

type Step = (model: Model) => Change;

function stepsOf(options: EditOptions): readonly Step[] {
  const { rename, inputDescriptions, outputDescriptions, classLabels } = options;
  const { imageScale, redBias, greenBias, blueBias, grayBias, colorOrder } = options;
  const pixels = [imageScale, redBias, greenBias, blueBias, grayBias, colorOrder];
  const steps: (Step | undefined)[] = [
    classLabels && ((model) => changeLabels(model, classLabels)),
    pixels.some((value) => value !== undefined)
      ? (model) => changePixels(model, options)
      : undefined,
    rename && ((model) => renameFeatures(model, new Map(Object.entries(rename)))),
    inputDescriptions && ((model) => changeDescriptions(model, "input", inputDescriptions)),
    outputDescriptions && ((model) => changeDescriptions(model, "output", outputDescriptions)),
    (model) => changeMetadata(model, options),
  ];
  return steps.filter((step) => step !== undefined);
}

import { type Diagnostic, fail } from "../errors.ts";
import { findPreprocessing, isNeutral, type Preprocessing } from "../image/preprocessing.ts";
import { recognise } from "../image/recognise.ts";
import type { Graph } from "../ir/graph.ts";
import type { FlagReader } from "./flag-reader.ts";

/** What was decided about the pixels, and why. */
export interface PictureChoice {
  /** Left out: the scale and biases given one by one count, if any. */
  readonly preprocessing?: Preprocessing;
  /** Said of a preset that was recognised rather than asked for. */
  readonly why?: string;
  readonly warnings: readonly Diagnostic[];
}

const BY_HAND = ["imageScale", "redBias", "greenBias", "blueBias", "grayBias"] as const;

/**
 * Decides how pictures are prepared: by `--preprocess`, or as the scale and biases say. Without either the pixels
 * stay as they are, with a warning when the architecture is known to want something else. Throws `bad-option`.
 */
export function choosePictures(graph: Graph, flags: FlagReader): PictureChoice {
  const name = flags.text("preprocess")?.toLowerCase();
  const byHand = BY_HAND.some((key) => flags.has(key));
  if (name !== undefined) {
    if (byHand) {
      fail("bad-option", "--preprocess and a scale or bias of your own exclude each other.", {
        hint: "Give either --preprocess, or --image-scale and the biases.",
      });
    }
    if (!flags.has("imageInputNames")) {
      fail("bad-option", "--preprocess needs to know which inputs take a picture.", {
        hint: `Add --image-input-names, for example: --image-input-names ${exampleName(flags)}`,
      });
    }
    const choice: PictureChoice =
      name === "auto" ? automatic(graph) : { preprocessing: findPreprocessing(name), warnings: [] };
    return flags.has("isBgr") ? blueFirst(choice) : choice;
  }
  if (byHand || !flags.has("imageInputNames")) return { warnings: [] };
  return { warnings: unprepared(graph) };
}

function automatic(graph: Graph): PictureChoice {
  const { preset, why, kind } = recognise(graph);
  const warning: Diagnostic = {
    code: "bad-option",
    text: `--preprocess auto leaves the pixels as they are, from 0 to 255: ${why}`,
    hint: "Say how the model was trained: --preprocess tf, caffe, torch or 0-1; none keeps the pixels without this warning.",
  };
  if (kind === "unknown") return { preprocessing: preset, warnings: [warning] };
  return { preprocessing: preset, why, warnings: [] };
}

/** `--is-bgr` beside a preset: the same numbers for each colour, in the other order. */
function blueFirst({ preprocessing, ...rest }: PictureChoice): PictureChoice {
  if (preprocessing === undefined) return rest;
  return { ...rest, preprocessing: { ...preprocessing, colorOrder: "bgr" } };
}

/** Nothing was said about pixels; is that likely to be right? */
function unprepared(graph: Graph): readonly Diagnostic[] {
  const { preset, why } = recognise(graph);
  if (isNeutral(preset)) return [];
  return [
    {
      code: "bad-option",
      text: `The pixels enter the network as they are, from 0 to 255, but: ${why}`,
      hint: "Add --preprocess auto; --preprocess none keeps the pixels without this warning.",
    },
  ];
}

function exampleName(flags: FlagReader): string {
  return flags.list("inputNames")?.[0] ?? "input1";
}

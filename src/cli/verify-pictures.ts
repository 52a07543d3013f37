import { type Diagnostic, fail } from "../errors.ts";
import { findPreprocessing, PRESETS, type Preprocessing } from "../image/preprocessing.ts";
import { recognise } from "../image/recognise.ts";
import type { Graph } from "../ir/graph.ts";
import type { Preparation } from "../verify/compare/index.ts";
import type { FlagReader } from "./flag-reader.ts";

/** How Keras wants its pictures, and how that is known. */
export interface ExpectedPictures {
  /** Undefined: nothing is known; then only inputs that take pictures in Core ML get any, unprepared. */
  readonly preparation: Preparation | undefined;
  /** `tf`, `none`, `as given` */
  readonly name: string;
  /** Said of what was recognised rather than told. */
  readonly why?: string;
  readonly warnings: readonly Diagnostic[];
}

const BY_HAND = ["imageScale", "redBias", "greenBias", "blueBias", "grayBias"] as const;

/** Whether the options say anything of how pictures are prepared. */
export function hasPixelFlags(flags: FlagReader): boolean {
  return [...BY_HAND, "isBgr", "preprocess"].some((key) => flags.has(key));
}

/** As the options say, or else as the architecture is known to have been trained. Throws `bad-option`. */
export function expectedPictures(graph: Graph | undefined, flags: FlagReader): ExpectedPictures {
  const name = flags.text("preprocess")?.toLowerCase() ?? "auto";
  const byHand = BY_HAND.some((key) => flags.has(key));
  if (byHand && flags.has("preprocess")) {
    fail("bad-option", "--preprocess and a scale or bias of your own exclude each other.");
  }
  if (byHand || (flags.has("isBgr") && name === "auto")) {
    return { preparation: statedPreparation(flags), name: "as given", warnings: [] };
  }
  if (name !== "auto") {
    const preset = findPreprocessing(name);
    const preparation = flags.has("isBgr") ? { ...preset, colorOrder: "bgr" as const } : preset;
    return { preparation, name: preset.name, warnings: [] };
  }
  if (graph === undefined) return { preparation: undefined, name: "none", warnings: [] };
  const { preset, why, kind } = recognise(graph);
  if (kind === "unknown") return { preparation: undefined, name: "none", why, warnings: [] };
  return { preparation: preset, name: preset.name, why, warnings: [] };
}

/** Scale and biases as the options give them one by one, for each input. Throws `bad-option`. */
export function statedPreparation(flags: FlagReader): Preparation {
  const scales = flags.numberByName("imageScale") ?? 1;
  const gray = flags.number("grayBias");
  const red = flags.number("redBias") ?? 0;
  const bias = [
    gray ?? red,
    flags.number("greenBias") ?? 0,
    flags.number("blueBias") ?? 0,
  ] as const;
  return (input): Preprocessing => {
    const scale =
      typeof scales === "number" ? scales : (new Map(Object.entries(scales)).get(input) ?? 1);
    return {
      ...PRESETS.none,
      name: "as given",
      colorOrder: flags.has("isBgr") ? "bgr" : "rgb",
      scale: [scale, scale, scale],
      bias,
    };
  };
}

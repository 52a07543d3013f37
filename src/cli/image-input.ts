import type { Diagnostic } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import type { ModelStatement } from "../ir/model-statement.ts";
import type { FlagReader } from "./flag-reader.ts";

/** Which inputs take a picture, as if it had been typed. */
export interface ImageInput {
  readonly flags: FlagReader;
  /** Says that it was not. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Where options concern pixels and none says which input takes a picture: the only input, if it is of a picture's shape. An older Core ML
 * file says it itself.
 */
export function imageInput(
  graph: Graph,
  flags: FlagReader,
  statement: ModelStatement | undefined,
): ImageInput {
  const asked = PIXELS.find((key) => flags.has(key));
  const stated = flags.has("imageInputNames") || (statement?.images.length ?? 0) > 0;
  const [port, ...others] = graph.inputs;
  if (asked === undefined || stated || port === undefined || others.length > 0) {
    return { flags, warnings: [] };
  }
  const { shape = [] } = graph.types.get(port.value) ?? {};
  const isPicture =
    shape.length === 4 && [shape[1], shape[3]].some((dim) => dim === 1 || dim === 3);
  if (!isPicture) return { flags, warnings: [] };
  const own = statement === undefined ? "input1" : port.name;
  const name = flags.list("inputNames")?.[0] ?? own;
  const warning: Diagnostic = {
    code: "bad-option",
    text: `"${name}" takes a picture: it is the only input, and of a picture's shape.`,
    hint: `Say so yourself to be sure: --image-input-names ${name}`,
  };
  return { flags: withImageInput(flags, name), warnings: [warning] };
}

const PIXELS = [
  "preprocess",
  "imageScale",
  "redBias",
  "greenBias",
  "blueBias",
  "grayBias",
  "isBgr",
] as const;

function withImageInput(flags: FlagReader, name: string): FlagReader {
  const key = "imageInputNames";
  return {
    ...flags,
    has: (asked) => asked === key || flags.has(asked),
    list: (asked) => (asked === key ? [name] : flags.list(asked)),
  };
}

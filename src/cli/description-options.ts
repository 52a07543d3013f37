import type { OnnxOptions } from "../targets/onnx/index.ts";
import { loadClassLabels } from "./class-labels.ts";
import type { FlagReader } from "./flag-reader.ts";

/** An object that is still being put together. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

const TEXTS = ["author", "license", "shortDescription", "modelVersion"] as const;
const PAIRS = [
  ["userDefined", "userDefined"],
  ["inputDescription", "inputDescriptions"],
  ["outputDescription", "outputDescriptions"],
] as const;

/** What a model file says of itself. */
export type Description = Pick<
  OnnxOptions,
  (typeof TEXTS)[number] | (typeof PAIRS)[number][1] | "classLabels"
>;

/** What the options say of a model for its readers, whatever its format. Loads the class labels. */
export function descriptionOptions(flags: FlagReader): Description {
  const options: Writable<Description> = {};
  for (const key of TEXTS) {
    const text = flags.text(key);
    if (text !== undefined) options[key] = text;
  }
  for (const [key, name] of PAIRS) {
    const pairs = flags.pairs(key);
    if (pairs !== undefined) options[name] = pairs;
  }
  const labels = flags.text("classLabels");
  if (labels !== undefined) options.classLabels = loadClassLabels("--class-labels", labels);
  return options;
}

import type { EditOptions } from "../edit/edit.ts";
import { fail } from "../errors.ts";
import { loadClassLabels } from "./class-labels.ts";
import type { FlagReader } from "./flag-reader.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const TEXTS = ["author", "license", "shortDescription", "modelVersion"] as const;
const NUMBERS = ["redBias", "greenBias", "blueBias", "grayBias"] as const;
const PAIRS = [
  ["rename", "rename"],
  ["userDefined", "userDefined"],
  ["inputDescription", "inputDescriptions"],
  ["outputDescription", "outputDescriptions"],
] as const;

/** What the options of `kc edit` ask for. Loads the class labels. Throws `bad-option` when it is nothing. */
export function editOptions(flags: FlagReader): EditOptions {
  const options: Writable<EditOptions> = {};
  for (const key of TEXTS) {
    const text = flags.text(key);
    if (text !== undefined) options[key] = text;
  }
  for (const key of NUMBERS) {
    const number = flags.number(key);
    if (number !== undefined) options[key] = number;
  }
  for (const [key, name] of PAIRS) {
    const pairs = flags.pairs(key);
    if (pairs !== undefined) options[name] = pairs;
  }
  const scale = flags.numberByName("imageScale");
  if (scale !== undefined) options.imageScale = scale;
  if (flags.has("isBgr") && flags.has("isRgb")) {
    fail("bad-option", "--is-bgr and --is-rgb exclude each other.");
  }
  if (flags.has("isBgr")) options.colorOrder = "bgr";
  if (flags.has("isRgb")) options.colorOrder = "rgb";
  const labels = flags.text("classLabels");
  if (labels !== undefined) options.classLabels = loadClassLabels("--class-labels", labels);
  if (Object.keys(options).length > 0) return options;
  return fail("bad-option", "No option says what to change.", { hint: "See kc edit --help." });
}

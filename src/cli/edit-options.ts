import type { EditOptions } from "../edit/edit.ts";
import { fail } from "../errors.ts";
import { descriptionOptions, type Writable } from "./description-options.ts";
import type { FlagReader } from "./flag-reader.ts";
import { pixelOptions } from "./pixel-options.ts";

/** What the options of `kc edit` ask for. Loads the class labels. Throws `bad-option` when it is nothing. */
export function editOptions(flags: FlagReader): EditOptions {
  const options: Writable<EditOptions> = { ...descriptionOptions(flags), ...pixelOptions(flags) };
  const names = flags.pairs("rename");
  if (names !== undefined) options.rename = names;
  if (flags.has("isBgr") && flags.has("isRgb")) {
    fail("bad-option", "--is-bgr and --is-rgb exclude each other.");
  }
  if (flags.has("isBgr")) options.colorOrder = "bgr";
  if (flags.has("isRgb")) options.colorOrder = "rgb";
  if (Object.keys(options).length > 0) return options;
  return fail("bad-option", "No option says what to change.", { hint: "See kc edit --help." });
}

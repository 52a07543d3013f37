import type { Diagnostic } from "../errors.ts";
import { AUGMENTATION_FLAGS } from "./augment-flags.ts";
import { CONVERT_FLAGS } from "./convert-flags.ts";
import { keyOf } from "./flag-reader.ts";

/** Options of the library whose flag is spelled otherwise. */
const RENAMED: readonly (readonly [string, string])[] = [
  ["arrayType", "--use-double-arraytype"],
  ["colorOrder", "--is-bgr"],
  ["customLayers", "--add-custom-layers"],
  ["inputDescriptions", "--input-description"],
  ["inputShapes", "--input-shape"],
  ["outputDescriptions", "--output-description"],
];

const FLAGS: ReadonlyMap<string, string> = new Map([
  ...[...CONVERT_FLAGS, AUGMENTATION_FLAGS]
    .flatMap(({ flags }) => flags)
    .map(({ flags }): [string, string] => {
      const [flag = ""] = flags.split(" ");
      return [keyOf(flag), flag];
    }),
  ...RENAMED,
]);

/**
 * The library names its options as code does (`inputNames`); on the command line they are flags
 * (`--input-names`). Single words (`author`) stay.
 */
export function inFlagWords(diagnostic: Diagnostic): Diagnostic {
  const { text, hint } = diagnostic;
  return {
    ...diagnostic,
    text: translate(text),
    ...(hint === undefined ? {} : { hint: translate(hint) }),
  };
}

function translate(text: string): string {
  return text.replace(/(?<![\w"'-])[a-z]+(?:[A-Z][a-z]+)+(?![\w"'-])/g, (word) => {
    return FLAGS.get(word) ?? word;
  });
}

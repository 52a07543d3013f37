import type { CommandSpec, FlagGroup } from "./command.ts";
import { MODEL_ARGUMENT, READING_FLAGS } from "./convert-flags.ts";
import { TARGET_NAMES } from "./targets.ts";

/** Every option of `kc check`. */
export const CHECK_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What for:",
    flags: [
      {
        flags: "--to <target>",
        about: "what the model is to become; else mlmodel",
        choices: TARGET_NAMES,
      },
    ],
  },
  { heading: "Reading the model:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [{ flags: "--json", about: "print one JSON document on the standard output" }],
  },
];

const EXAMPLES = `
Exit code 4 when something stands in the way.

Examples:
  $ kc check model.h5
  $ kc check model.keras --to mlmodel --custom layers.mjs
`;

/** `kc check`. */
export const CHECK_COMMAND: CommandSpec = {
  name: "check",
  about: "list all that stands in the way of a conversion",
  arguments: [MODEL_ARGUMENT],
  groups: CHECK_FLAGS,
  after: EXAMPLES,
  async run([model = ""], flags) {
    const { check } = await import("./check.ts");
    return check(model, flags);
  },
};

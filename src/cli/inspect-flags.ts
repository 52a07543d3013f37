import { ANY_MODEL, type CommandSpec, type FlagGroup } from "./command.ts";
import { READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc inspect`. */
export const INSPECT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What to show:",
    flags: [
      {
        flags: "--tree",
        about: "all groups, arrays, attributes, messages and members, as they are",
      },
      { flags: "--no-stats", about: "leave out the statistics, which read all numbers" },
    ],
  },
  { heading: "Reading the model:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [{ flags: "--json", about: "print one JSON document instead" }],
  },
];

const EXAMPLES = `
Any HDF5 file, .keras archive or Core ML model will do, also one without an architecture or with layers that are not
known.

Examples:
  $ kc inspect model.h5
  $ kc inspect checkpoint.weights.h5 --tree
  $ kc inspect model.keras --json
  $ kc inspect Model.mlpackage
`;

/** `kc inspect`. */
export const INSPECT_COMMAND: CommandSpec = {
  name: "inspect",
  about: "say what a file is, who wrote it and what it holds",
  arguments: [["<file>", ANY_MODEL]],
  groups: INSPECT_FLAGS,
  after: EXAMPLES,
  async run([file = ""], flags) {
    const { inspect } = await import("./inspect.ts");
    return inspect(file, flags);
  },
};

import type { CommandSpec, FlagGroup } from "./command.ts";
import { READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc diff`. */
export const DIFF_FLAGS: readonly FlagGroup[] = [
  { heading: "Reading the models:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [{ flags: "--json", about: "print one JSON document on the standard output" }],
  },
];

const EXAMPLES = `
Files of different generations of Keras are compared by what they mean, a Keras file and a Core ML network by what their layers
compute. Numbers in half precision, quantised or put together otherwise are told, but are no difference. Exit code 0 when the
models are equal, 5 when they differ.

Examples:
  $ kc diff before.h5 after.h5
  $ kc diff model.h5 resaved.keras
  $ kc diff model.h5 Model.mlmodel
  $ kc diff --json epoch1.weights.h5 epoch2.weights.h5
`;

/** `kc diff`. */
export const DIFF_COMMAND: CommandSpec = {
  name: "diff",
  about: "say what changed between two models",
  arguments: [
    [
      "<before>",
      ".h5, .hdf5, .keras, .weights.h5, .mlmodel or .mlpackage, folder of TensorFlow.js, or - for the standard input",
    ],
    ["<after>", "likewise"],
  ],
  groups: DIFF_FLAGS,
  after: EXAMPLES,
  async run([before = "", after = ""], flags) {
    const { diff } = await import("./diff.ts");
    return diff(before, after, flags);
  },
};

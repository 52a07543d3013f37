import type { CommandSpec, FlagGroup } from "./command.ts";
import { READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc upgrade`. */
export const UPGRADE_FLAGS: readonly FlagGroup[] = [
  { heading: "Reading the model:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [
      { flags: "--json", about: "print one JSON document on the standard output" },
      { flags: "--force", about: "replace an output that exists" },
      { flags: "--quiet", about: "print errors only" },
    ],
  },
];

const EXAMPLES = `
Weights stay bit for bit, with the training configuration and the optimizer's state. Each layer is held to what it computed
before: what Keras 3 cannot say is refused by name.

Examples:
  $ kc upgrade old.h5 new.keras
  $ kc upgrade weights.h5 new.keras --architecture model.json
  $ kc upgrade old.h5 new.weights.h5
`;

/** `kc upgrade`. */
export const UPGRADE_COMMAND: CommandSpec = {
  name: "upgrade",
  about: "write a Keras model of any generation as a file of Keras 3",
  arguments: [
    ["<model>", ".h5, .hdf5, .keras or .weights.h5, or - for the standard input"],
    [
      "<output>",
      "a name that ends in .keras or .weights.h5, or - for .keras on the standard output",
    ],
  ],
  groups: UPGRADE_FLAGS,
  after: EXAMPLES,
  async run([model = "", output = ""], flags) {
    const { upgrade } = await import("./upgrade.ts");
    return upgrade(model, output, flags);
  },
};

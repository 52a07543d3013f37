import { ANY_MODEL, type CommandSpec, type FlagGroup } from "./command.ts";
import { READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc summary`. */
export const SUMMARY_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The table:",
    flags: [
      {
        flags: "--style <style>",
        about: "whose table; else that of the Keras which wrote the file, keras3 for Core ML",
        choices: ["keras2", "tfkeras2", "keras3"],
      },
      { flags: "--expand", about: "show the layers of nested models too" },
      { flags: "--trainable", about: "add a column that says which layers are trained" },
      {
        flags: "--columns <number>",
        about: "width for the table of Keras 3; else the terminal's",
        number: {},
      },
    ],
  },
  {
    heading: "Below the table:",
    flags: [
      { flags: "--flops", about: "floating point operations of each layer for one sample" },
      { flags: "--memory", about: "memory of the weights and of each layer's results" },
    ],
  },
  { heading: "Reading the model:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [{ flags: "--json", about: "print one JSON document instead of the table" }],
  },
];

const EXAMPLES = `
Examples:
  $ kc summary model.h5
  $ kc summary model.keras --expand --trainable
  $ kc summary old.h5 --style keras3 --flops --memory
  $ kc summary Model.mlmodel --flops
  $ kc summary weights.h5 --architecture model.json
`;

/** `kc summary`. */
export const SUMMARY_COMMAND: CommandSpec = {
  name: "summary",
  about: "print the table that Keras prints for a model",
  arguments: [["<model>", ANY_MODEL]],
  groups: SUMMARY_FLAGS,
  after: EXAMPLES,
  async run([model = ""], flags) {
    const { summary } = await import("./summary.ts");
    return summary(model, flags);
  },
};

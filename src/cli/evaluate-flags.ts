import { COUNT, type CommandSpec, type FlagGroup } from "./command.ts";
import { RUN_FLAGS } from "./run-flags.ts";

/** Every option of `kc evaluate`. */
export const EVALUATE_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What to tell:",
    flags: [
      {
        flags: "--class-labels <labels>",
        about:
          "order of the model's classes: a,b,c; a file; or a folder; else alphabetical, as Keras",
      },
      { flags: "--top <number>", about: "top-k accuracy; else 5", number: COUNT },
      {
        flags: "--report <file.html>",
        about: "one page with charts and pictures, which opens from the disk",
      },
      { flags: "--markdown <file>", about: "the figures as Markdown; - for the standard output" },
      { flags: "--csv <file>", about: "every prediction as a table; - for the standard output" },
      { flags: "--json", about: "print one JSON document instead of the text" },
      { flags: "--force", about: "replace files that exist" },
      { flags: "--quiet", about: "leave out what is said of the model and of progress" },
    ],
  },
  ...RUN_FLAGS,
];

const EXAMPLES = `
The folder has one subfolder of pictures for each class: test/apple, test/banana, … A text file with one picture and,
behind a tab, its label on each line will do as well.

Examples:
  $ kc evaluate model.h5 test --preprocess tf
  $ kc evaluate snacks.hdf5 test --class-labels labels.txt --tta flip --csv predictions.csv
  $ kc evaluate model.h5 test --report report.html
  $ kc evaluate Snacks.mlmodel test --json
`;

/** `kc evaluate`. */
export const EVALUATE_COMMAND: CommandSpec = {
  name: "evaluate",
  about: "measure a model on pictures whose classes are known",
  arguments: [
    ["<model>", ".h5, .hdf5, .keras, .mlmodel or .mlpackage, or - for the standard input"],
    ["<folder>", "with one subfolder for each class, or a list file"],
  ],
  groups: EVALUATE_FLAGS,
  after: EXAMPLES,
  async run([model = "", folder = ""], flags) {
    const { evaluate } = await import("./evaluate.ts");
    return evaluate(model, folder, flags);
  },
};

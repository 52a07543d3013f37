import { COUNT, type CommandSpec, type FlagGroup } from "./command.ts";
import { RUN_FLAGS } from "./run-flags.ts";

/** Every option of `kc predict`. */
export const PREDICT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What to tell:",
    flags: [
      { flags: "--top <number>", about: "how many classes of each picture; else 5", number: COUNT },
      {
        flags: "--class-labels <labels>",
        about: "a,b,c; a file with one a line or JSON; or the training folder; as for kc convert",
      },
      { flags: "--csv <file>", about: "all probabilities as a table; - for the standard output" },
      { flags: "--json", about: "print one JSON document" },
      { flags: "--force", about: "replace a file that exists" },
      { flags: "--quiet", about: "leave out what is said of the model and of progress" },
    ],
  },
  ...RUN_FLAGS,
];

const EXAMPLES = `
Pictures are JPEG, PNG, WebP, GIF and BMP files, folders of them, patterns, and text files (.txt, .tsv, .lst,
.list) that name one a line, relative to their own folder.

Examples:
  $ kc predict model.h5 cat.jpg --class-labels labels.txt
  $ kc predict snacks.hdf5 photos --preprocess tf --class-labels train --tta flip
  $ kc predict Snacks.mlmodel photos/*.png --json
`;

/** `kc predict`. */
export const PREDICT_COMMAND: CommandSpec = {
  name: "predict",
  about: "say what a model sees in pictures",
  arguments: [
    ["<model>", ".h5, .hdf5, .keras, .mlmodel or .mlpackage, or - for the standard input"],
    ["<pictures...>", "files, folders, patterns and list files"],
  ],
  groups: PREDICT_FLAGS,
  after: EXAMPLES,
  async run([model = "", ...pictures], flags) {
    const { predict } = await import("./predict.ts");
    return predict(model, pictures, flags);
  },
};

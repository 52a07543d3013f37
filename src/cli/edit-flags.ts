import type { CommandSpec, FlagGroup } from "./command.ts";
import { PIXEL_FLAGS } from "./convert-flags.ts";

/** Every option of `kc edit`. */
export const EDIT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "Inputs and outputs:",
    flags: [
      {
        flags: "--rename <old=new>",
        about: "another name for an input, an output or the predicted feature, everywhere",
        repeatable: true,
      },
      {
        flags: "--input-description <name=text>",
        about: "what an input is for, by its new name; name= removes it",
        repeatable: true,
      },
      {
        flags: "--output-description <name=text>",
        about: "likewise for an output",
        repeatable: true,
      },
    ],
  },
  {
    heading: "Classifiers:",
    flags: [
      {
        flags: "--class-labels <labels>",
        about: "other labels, one for each score; as for kc convert",
      },
    ],
  },
  {
    heading: "Pictures of neural networks:",
    flags: [...PIXEL_FLAGS, { flags: "--is-rgb", about: "the network sees red first" }],
  },
  {
    heading: 'Metadata ("" removes it):',
    flags: [
      { flags: "--author <text>", about: "who made the model" },
      { flags: "--license <text>", about: "its licence" },
      { flags: "--short-description <text>", about: "what it does" },
      { flags: "--model-version <text>", about: "its version" },
      {
        flags: "--user-defined <key=value>",
        about: "metadata of your own; key= removes it",
        repeatable: true,
      },
    ],
  },
  {
    heading: "The command:",
    flags: [
      { flags: "--json", about: "print one JSON document on the standard output" },
      { flags: "--force", about: "replace an output that exists, also the model itself" },
      { flags: "--quiet", about: "print errors only" },
    ],
  },
];

const EXAMPLES = `
Everything else stays as it is, byte for byte. Names are followed into layers, pipelines and ML Programs.

Examples:
  $ kc edit Model.mlmodel Named.mlmodel --rename input1=image --rename output1=scores
  $ kc edit Model.mlmodel Model.mlmodel --force --class-labels labels.txt --author "Ann Example"
  $ kc edit Model.mlmodel Fixed.mlmodel --image-scale 2/255 --red-bias -1 --green-bias -1 --blue-bias -1
`;

/** `kc edit`. */
export const EDIT_COMMAND: CommandSpec = {
  name: "edit",
  about: "rename inputs and outputs of a Core ML model, change labels, pixels and metadata",
  arguments: [
    ["<model>", ".mlmodel file or .mlpackage folder, or - for the standard input"],
    ["<output>", "what to write, of the same kind; or - for the standard output"],
  ],
  groups: EDIT_FLAGS,
  after: EXAMPLES,
  async run([model = "", output = ""], flags) {
    const { edit } = await import("./edit.ts");
    return edit(model, output, flags);
  },
};

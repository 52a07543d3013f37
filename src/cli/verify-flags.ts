import { type CommandSpec, type FlagGroup, WHOLE } from "./command.ts";
import { MODEL_ARGUMENT, PIXEL_FLAGS, READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc verify`. */
export const VERIFY_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What both models get:",
    flags: [
      {
        flags: "--random <number>",
        about: "so many random inputs; 10 unless --images is given",
        number: WHOLE,
      },
      {
        flags: "--seed <number>",
        about: "other random inputs: a whole number, else 1",
        number: WHOLE,
      },
      { flags: "--images <folder>", about: "every PNG and JPEG in a folder, stretched to fit" },
    ],
  },
  {
    heading: "What Keras expects of pictures:",
    flags: [
      {
        flags: "--preprocess <name>",
        about: "auto, none, tf, caffe, torch, 0-1, or a family: mobilenet, resnet, …; else auto",
      },
      ...PIXEL_FLAGS,
    ],
  },
  {
    heading: "What counts as equal:",
    flags: [
      {
        flags: "--tolerance <number>",
        about:
          "largest difference, as a share of an output's largest number; else 1e-4, for float16 0.01 to 0.35 by the number of layers",
        number: { above: 0 },
      },
      { flags: "--half", about: "round every layer to float16, as the Neural Engine does" },
      {
        flags: "--class-labels <labels>",
        about: "labels that must be there, in their order; as for kc convert",
      },
    ],
  },
  { heading: "Reading the Keras model:", flags: READING_FLAGS },
  {
    heading: "The command:",
    flags: [
      { flags: "--json", about: "print one JSON document on the standard output" },
      { flags: "--quiet", about: "print errors only" },
    ],
  },
];

const EXAMPLES = `
Exit code 5 and the first layer that differs when the models are not equal.

Examples:
  $ kc verify model.h5 Model.mlmodel
  $ kc verify model.h5 Model.mlpackage --half
  $ kc verify snacks.hdf5 Snacks.mlmodel --images photos --preprocess tf --class-labels labels.txt
  $ kc verify model.keras Model.mlmodel --random 100 --seed 7 --half
`;

/** `kc verify`. */
export const VERIFY_COMMAND: CommandSpec = {
  name: "verify",
  about: "compare a Core ML model with its Keras model, layer by layer",
  arguments: [
    MODEL_ARGUMENT,
    ["<coreml>", ".mlmodel file or .mlpackage that was made of it, by any converter"],
  ],
  groups: VERIFY_FLAGS,
  after: EXAMPLES,
  async run([model = "", coreML = ""], flags) {
    const { verify } = await import("./verify.ts");
    return verify(model, coreML, flags);
  },
};

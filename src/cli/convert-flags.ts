import type { CommandSpec, Flag, FlagGroup } from "./command.ts";
import { TARGET_NAMES } from "./targets.ts";

/** The model that a command reads. */
export const MODEL_ARGUMENT: CommandSpec["arguments"][number] = [
  "<model>",
  ".h5, .hdf5, .keras or .weights.h5 file, folder of TensorFlow.js, or - for the standard input",
];

/** How to read a model, for every command that takes one. */
export const READING_FLAGS: readonly Flag[] = [
  {
    flags: "--architecture <file>",
    about: "model.to_json() of a file that holds weights only",
  },
  {
    flags: "--input-shape <shape>",
    about: "shape of an input that the file leaves open: name=1,224,224,3; ? for a free dimension",
    repeatable: true,
  },
  {
    flags: "--backend <name>",
    about: "backend that trained the file, where the file does not say",
    choices: ["tensorflow", "theano", "cntk"],
  },
  { flags: "--custom <file.mjs>", about: "your own layers: a module that exports layer specs" },
];

/** The same for commands that run the model, where `--backend` says what runs it. */
export const RUN_READING_FLAGS: readonly Flag[] = READING_FLAGS.map((flag) =>
  flag.flags.startsWith("--backend ") ? { ...flag, flags: "--keras-backend <name>" } : flag,
);

/** What happens to pixels before the network, for every command that prepares pictures. */
export const PIXEL_FLAGS: readonly Flag[] = [
  { flags: "--image-scale <number>", about: "factor of every pixel: 2/255; or name=2/255,…" },
  { flags: "--red-bias <number>", about: "added to red after the scale", number: {} },
  { flags: "--green-bias <number>", about: "added to green after the scale", number: {} },
  { flags: "--blue-bias <number>", about: "added to blue after the scale", number: {} },
  { flags: "--gray-bias <number>", about: "added to gray after the scale", number: {} },
  { flags: "--is-bgr", about: "the network sees blue first" },
];

/** Every option of `kc convert`: coremltools' argument names in kebab case, and our own. */
export const CONVERT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "Reading the model:",
    flags: [
      ...READING_FLAGS,
      {
        flags: "--add-custom-layers",
        about: "write unknown layers as Core ML custom layers, which need code in your app",
      },
    ],
  },
  {
    heading: "Inputs and outputs:",
    flags: [
      { flags: "--input-names <names>", about: "names of the inputs, in their order" },
      { flags: "--output-names <names>", about: "names of the outputs, in their order" },
      { flags: "--input-description <name=text>", about: "what an input is for", repeatable: true },
      {
        flags: "--output-description <name=text>",
        about: "what an output means",
        repeatable: true,
      },
      {
        flags: "--inputs-as-nchw <names>",
        about: "inputs of an ONNX model that are given channels first, though Keras has them last",
      },
      { flags: "--use-float-arraytype", about: "declare arrays as float32, the default" },
      { flags: "--use-double-arraytype", about: "declare arrays as double, as coremltools does" },
    ],
  },
  {
    heading: "Pictures:",
    flags: [
      { flags: "--image-input-names <names>", about: "inputs that take a picture" },
      {
        flags: "--preprocess <name>",
        about: "auto, none, tf, caffe, torch, 0-1, or a family: mobilenet, resnet, vgg16, …",
      },
      ...PIXEL_FLAGS,
    ],
  },
  {
    heading: "Classifiers:",
    flags: [
      {
        flags: "--class-labels <labels>",
        about: "a,b,c; a text file, one a line; a JSON file; or a folder with one folder a class",
      },
      {
        flags: "--binary-labels <no,yes>",
        about: "the two labels of a model with one sigmoid output",
      },
      { flags: "--predicted-feature-name <name>", about: "output with the best label: classLabel" },
      {
        flags: "--predicted-probabilities-output <name>",
        about: "output with all probabilities, if not the first",
      },
    ],
  },
  {
    heading: "The file written:",
    flags: [
      {
        flags: "--to <target>",
        about: "what to write, where the output's name does not say",
        choices: TARGET_NAMES,
      },
      {
        flags: "--keras <generation>",
        about: "in whose words to write a Keras file, where not in its own",
        choices: ["1", "2", "tf", "3"],
      },
      {
        flags: "--model-precision <type>",
        about: "type of the weights",
        choices: ["float32", "float16"],
      },
      {
        flags: "--quantize <type>",
        about: "store the weights of a TensorFlow.js model in fewer bytes",
        choices: ["float16", "uint8", "uint16"],
      },
      {
        flags: "--external-data",
        about: "put the weights of an ONNX model into a file of their own, as models over 2 GB do",
      },
      { flags: "--respect-trainable", about: "trainable layers can be trained on the device" },
      { flags: "--author <text>", about: "metadata: who made the model" },
      { flags: "--license <text>", about: "metadata: its licence" },
      { flags: "--short-description <text>", about: "metadata: what it does" },
      { flags: "--model-version <text>", about: "metadata: its version" },
      { flags: "--user-defined <key=value>", about: "metadata of your own", repeatable: true },
    ],
  },
  {
    heading: "The command:",
    flags: [
      { flags: "--json", about: "print one JSON document on the standard output" },
      { flags: "--force", about: "replace an output that exists" },
      { flags: "--verify", about: "compare the written model with Keras, as kc verify does" },
      { flags: "--quiet", about: "print errors only" },
    ],
  },
];

const CONVERT_EXAMPLES = `
Lists are separated by commas; write \\, for a comma inside a name. Numbers may be fractions.
Use - as <model> for the standard input and as <output> for the standard output.

Examples:
  $ kc convert model.h5 Model.mlmodel
  $ kc convert snacks.hdf5 Snacks.mlmodel --image-input-names image --input-names image \\
      --output-names labelProbability --predicted-feature-name label --class-labels labels.txt \\
      --image-scale 2/255 --red-bias -1 --green-bias -1 --blue-bias -1
  $ kc convert resnet50.keras ResNet50.mlmodel --image-input-names input1 --preprocess auto
  $ kc convert model.h5 web_model/
  $ kc convert model.h5 model.onnx --model-precision float16
  $ kc convert new.keras old.h5 --keras 2
  $ kc convert weights.h5 Model.mlmodel --architecture model.json --input-shape 1,96,96,3
`;

/** `kc convert`. */
export const CONVERT_COMMAND: CommandSpec = {
  name: "convert",
  about:
    "convert a model to Core ML (.mlmodel), ONNX (.onnx), TensorFlow.js (a folder) or another Keras",
  arguments: [
    MODEL_ARGUMENT,
    [
      "<output>",
      "file to write, which says what: .mlmodel, .onnx, .h5, .keras; a folder for TensorFlow.js: web/; or - for the standard output",
    ],
  ],
  groups: CONVERT_FLAGS,
  after: CONVERT_EXAMPLES,
  async run([model = "", output = ""], flags) {
    const { convert } = await import("./convert.ts");
    return convert(model, output, flags);
  },
};

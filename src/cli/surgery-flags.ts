import { type Flag, type FlagGroup, WHOLE } from "./command.ts";
import { RUN_READING_FLAGS } from "./convert-flags.ts";

/** What is changed in a model before it is trained. */
export const SURGERY_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The model, before it is trained:",
    flags: [
      {
        flags: "--architecture <name>",
        about:
          "instead of a model file: mobilenet, resnet50, …, with new weights; or model.to_json() in a file, alone or for a file of weights",
      },
      {
        flags: "--input-shape <shape>",
        about:
          "of the pictures for --architecture: 96,96,3; else of an input that the file leaves open",
        repeatable: true,
      },
      {
        flags: "--alpha <number>",
        about: "width of a MobileNet: 0.25; else 1",
        number: { above: 0 },
      },
      {
        flags: "--weights <file>",
        about: "weights of another file of any Keras, for the layers with the same names",
      },
      { flags: "--from-scratch", about: "begin with new weights, by the layers' initializers" },
      {
        flags: "--new-head",
        about: "pooling, dropout and a dense layer for the classes found, in place of the old head",
      },
      {
        flags: "--head-after <layer>",
        about: "where the new head begins; else where the old one does",
      },
      {
        flags: "--head-dropout <part>",
        about: "dropout in the new head: 0.2; else 0.5",
        number: { from: 0, below: 1 },
      },
      {
        flags: "--head-l2 <number>",
        about: "L2 penalty on its kernels: 0.01; else 0.001",
        number: { from: 0 },
      },
      { flags: "--head-units <sizes>", about: "further dense layers in it, with ReLU: 256,64" },
    ],
  },
  {
    heading: "Which layers are trained:",
    flags: [
      {
        flags: "--freeze <patterns>",
        about:
          "layers that stay as they are: names, paths or classes, each with * and ?: conv1*,BatchNormalization; or /expressions/",
      },
      { flags: "--unfreeze <patterns>", about: "layers that are trained all the same" },
      {
        flags: "--freeze-all-but-last <number>",
        about: "train only the last so many layers that have weights",
        number: WHOLE,
      },
      {
        flags: "--dry-run",
        about: "tell what would be trained, and with which pictures, and stop",
      },
    ],
  },
];

/** How a model is read, without what stands above. */
export const TRAIN_READING_FLAGS: readonly Flag[] = RUN_READING_FLAGS.filter(
  ({ flags }) => !/^--(architecture|input-shape) /.test(flags),
);

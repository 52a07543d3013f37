import { AUGMENTATION_FLAGS } from "./augment-flags.ts";
import { COUNT, type CommandSpec, type FlagGroup, WHOLE } from "./command.ts";
import { PICTURE_FLAGS } from "./run-flags.ts";
import { SURGERY_FLAGS, TRAIN_READING_FLAGS } from "./surgery-flags.ts";

/** Every option of `kc train`: the one table that the help, README.md and the schema of `kc.train.json` are made of. */
export const TRAIN_FLAGS: readonly FlagGroup[] = [
  {
    heading: "What is written:",
    flags: [
      {
        flags: "-o, --output <file>",
        about: "the trained model: .keras, .h5, .hdf5 or .weights.h5",
      },
      {
        flags: "--history <file.json>",
        about: "what was measured, epoch by epoch, as Keras has it",
      },
      {
        flags: "--csv-log <file.csv>",
        about: "the same while it trains, a line for each epoch, as Keras' CSVLogger",
      },
      { flags: "--tensorboard <folder>", about: "the same for TensorBoard" },
      { flags: "--curves <file.svg>", about: "the same as a drawing" },
      {
        flags: "--report <file.html>",
        about:
          "one page with curves, all epochs, the confusion of the validation, and where it comes from",
      },
      {
        flags: "--config <kc.train.json>",
        about: "read options from a file; those on the command line count more",
      },
      { flags: "--force", about: "replace files that exist" },
      { flags: "--json", about: "print one JSON document on the standard output" },
      { flags: "--quiet", about: "leave out what is said of the model and of progress" },
    ],
  },
  {
    heading: "Data:",
    flags: [
      { flags: "--validation <folder>", about: "pictures to validate with after each epoch" },
      {
        flags: "--validation-split <part>",
        about: "hold this part of the pictures of each class back for validation: 0.2",
        number: { above: 0, below: 1 },
      },
      {
        flags: "--split <way>",
        about: "the first of each class by name, as Keras (the default), or some at random",
        choices: ["first", "random"],
      },
      {
        flags: "--class-labels <labels>",
        about: "order of the classes: a,b,c; a file; or a folder; else alphabetical, as Keras",
      },
      {
        flags: "--class-weight <weights>",
        about: 'balanced; {"apple": 2}; or a file of this, or of apple,2 a line; else 1 each',
      },
      { flags: "--oversample", about: "repeat pictures, so that all classes are equally frequent" },
      { flags: "--undersample", about: "leave pictures out, for the same" },
      { flags: "--batch-size <number>", about: "pictures at a time; else 32", number: COUNT },
      {
        flags: "--seed <number>",
        about: "another order and other random numbers; else 1",
        number: WHOLE,
      },
      {
        flags: "--workers <number>",
        about: "threads that load pictures; else one for each core",
        number: WHOLE,
      },
    ],
  },
  {
    heading: "Training:",
    flags: [
      {
        flags: "--epochs <number>",
        about: "how often all pictures are seen; else 10",
        number: COUNT,
      },
      {
        flags: "--phases <phases>",
        about: "one training after the other: head:5,all:10@x0.1 (what: epochs @ rate)",
      },
      {
        flags: "--learning-rate <rate>",
        about: "0.0001, or x0.333 times what the model was saved with",
      },
      {
        flags: "--optimizer <name>",
        about: "sgd, adam, …, and its settings: sgd,momentum=0.9; else as the model was saved",
      },
      { flags: "--loss <name>", about: "else as the model was saved: mse, or huber,delta=0.5" },
      { flags: "--metrics <names>", about: "else as the model was saved: accuracy,mse" },
      {
        flags: "--gradient-accumulation <number>",
        about: "batches whose gradients make one step; else 1",
        number: COUNT,
      },
      {
        flags: "--frozen-norm <way>",
        about: "frozen batch normalisations go by the batch or by stored numbers; else as Keras",
        choices: ["batch", "stored"],
      },
      {
        flags: "--feature-cache <folder>",
        about: "keep what frozen layers give for each picture there; later runs start with it",
      },
      {
        flags: "--backend <name>",
        about: "what computes; else the fastest that is installed and trains",
        choices: ["auto", "tensorflow", "webgpu", "wasm", "cpu"],
      },
    ],
  },
  {
    heading: "While it trains:",
    flags: [
      {
        flags: "--early-stopping <settings>",
        about: "end when nothing improves: patience=5,monitor=val_loss,restore-best-weights",
      },
      {
        flags: "--reduce-lr-on-plateau <settings>",
        about: "then lower the rate: factor=0.1,patience=10,min-lr=1e-6",
      },
      {
        flags: "--lr-schedule <table>",
        about: "rates from an epoch on: 1=0.001,10=x0.1; or a file of such lines",
      },
      {
        flags: "--checkpoint <pattern>",
        about: "save the model after epochs: best-{val_loss:.4f}-{val_acc:.4f}.hdf5",
      },
      { flags: "--save-best-only", about: "only when the monitored number is the best so far" },
      { flags: "--monitor <name>", about: "what --checkpoint looks at; else val_loss" },
      {
        flags: "--backup <folder>",
        about: "keep the run there after each epoch and when it is interrupted",
      },
      {
        flags: "--backup-every <number>",
        about: "within an epoch too, every so many batches",
        number: COUNT,
      },
      { flags: "--resume", about: "go on with the run that the backup folder holds, bit for bit" },
    ],
  },
  ...SURGERY_FLAGS,
  AUGMENTATION_FLAGS,
  PICTURE_FLAGS,
  { heading: "Reading the model:", flags: TRAIN_READING_FLAGS },
];

const EXAMPLES = `
The folder has one subfolder of pictures for each class: train/apple, train/banana, … A text file with one picture and,
behind a tab, its label on each line will do as well.

Examples:
  $ kc train model.hdf5 train --validation val -o tuned.keras --learning-rate x0.333 --epochs 5
  $ kc train model.hdf5 train --validation val -o tuned.keras --rotation-range 20 --zoom-range 0.2 --horizontal-flip
  $ kc train model.hdf5 train --validation-split 0.2 -o tuned.keras --early-stopping patience=3,restore-best-weights
  $ kc train model.hdf5 train --validation val -o tuned.keras --epochs 50 --backup run --resume
  $ kc train model.hdf5 train -o mine.keras --new-head --freeze mobilenet --validation-split 0.2
  $ kc train train -o mine.keras --architecture mobilenet --alpha 0.25 --input-shape 96,96,3 --dry-run
`;

/** `kc train`. */
export const TRAIN_COMMAND: CommandSpec = {
  name: "train",
  about: "go on training a model with pictures whose classes are known",
  arguments: [
    ["<model>", ".h5, .hdf5 or .keras, or - for the standard input; none with --architecture"],
    ["[folder]", "with one subfolder for each class, or a list file"],
  ],
  groups: TRAIN_FLAGS,
  after: EXAMPLES,
  async run([model = "", folder = ""], flags) {
    const { train } = await import("./train.ts");
    return train(model, folder, flags);
  },
};

import { COUNT, type CommandSpec, type FlagGroup, WHOLE } from "./command.ts";

/** Random changes of pictures, in the words of Keras' ImageDataGenerator. */
export const AUGMENTATION_FLAGS: FlagGroup = {
  heading: "Random changes of pictures, as Keras' ImageDataGenerator makes them:",
  flags: [
    { flags: "--rotation-range <degrees>", about: "turn, to either side", number: { from: 0 } },
    {
      flags: "--width-shift-range <range>",
      about: "shift to the side: 0.2 of the width, 10 for whole pixels below it, or one of -4,4,8",
    },
    { flags: "--height-shift-range <range>", about: "shift up or down, likewise" },
    { flags: "--shear-range <degrees>", about: "slant, to either side", number: { from: 0 } },
    { flags: "--zoom-range <range>", about: "0.2 for 0.8 to 1.2, or 0.5,1; less is nearer" },
    {
      flags: "--channel-shift-range <levels>",
      about: "all colours lighter or darker by so much",
      number: { from: 0 },
    },
    { flags: "--brightness-range <low,high>", about: "times the brightness: 0.5,1.5" },
    { flags: "--horizontal-flip", about: "mirror every second picture, left for right" },
    { flags: "--vertical-flip", about: "turn every second picture upside down" },
    {
      flags: "--fill-mode <mode>",
      about: "what is seen beyond the edges; else nearest",
      choices: ["constant", "nearest", "reflect", "wrap"],
    },
    { flags: "--cval <level>", about: "what constant fills with; else 0", number: {} },
    {
      flags: "--generator <version>",
      about: "whose: of Keras up to 2.2 (the default), 2.3 to 2.8, or 2.9 and later, see README",
      choices: ["keras-preprocessing", "keras-preprocessing-1.1.1", "keras-2.9"],
    },
  ],
};

/** Every option of `kc augment`. */
export const AUGMENT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The sheet:",
    flags: [
      { flags: "-o, --output <file.png>", about: "where to" },
      {
        flags: "--pictures <number>",
        about: "rows, evenly spread over the folder; else 6",
        number: COUNT,
      },
      {
        flags: "--epochs <number>",
        about: "columns: what each epoch shows; else 8",
        number: COUNT,
      },
      { flags: "--seed <number>", about: "that of the training; else 1", number: WHOLE },
      { flags: "--size <WxH>", about: "what pictures are loaded as; else 224x224" },
      {
        flags: "--interpolation <name>",
        about: "how pictures are resized, as Pillow does; else nearest, as Keras' generators",
        choices: ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"],
      },
      {
        flags: "--keep-aspect-ratio",
        about: "cut the middle out instead of stretching the picture",
      },
      { flags: "--exif", about: "turn photos as the camera was held; Keras does not" },
      { flags: "--force", about: "replace an output that exists" },
      { flags: "--quiet", about: "errors only" },
    ],
  },
  AUGMENTATION_FLAGS,
];

const EXAMPLES = `
Each row is a picture: as it is, then as the first epochs of kc train show it to the model, with the same options, seed and
folder.

Examples:
  $ kc augment train --rotation-range 20 --zoom-range 0.2 --horizontal-flip -o sheet.png
  $ kc augment photo.jpg --brightness-range 0.5,1.5 --epochs 4 -o sheet.png
`;

/** `kc augment`. */
export const AUGMENT_COMMAND: CommandSpec = {
  name: "augment",
  about: "look at the random changes that pictures get in training",
  arguments: [
    ["<pictures>", "a picture, a folder, one with a subfolder for each class, or a list (.txt)"],
  ],
  groups: AUGMENT_FLAGS,
  after: EXAMPLES,
  async run([pictures = ""], flags) {
    const { augment } = await import("./augment.ts");
    return augment(pictures, flags);
  },
};

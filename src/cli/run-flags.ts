import { COUNT, type FlagGroup, WHOLE } from "./command.ts";
import { PIXEL_FLAGS, RUN_READING_FLAGS } from "./convert-flags.ts";

/** How pictures are loaded and prepared. */
export const PICTURE_FLAGS: FlagGroup = {
  heading: "Pictures:",
  flags: [
    {
      flags: "--preprocess <name>",
      about: "auto, none, tf, caffe, torch, 0-1, or a family: mobilenet, resnet, …; else auto",
    },
    ...PIXEL_FLAGS,
    { flags: "--size <WxH>", about: "of pictures, where the model takes any: 224x224" },
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
  ],
};

/** How pictures are loaded and a model is run, for every command that shows pictures to a model. */
export const RUN_FLAGS: readonly FlagGroup[] = [
  PICTURE_FLAGS,
  {
    heading: "Running the model:",
    flags: [
      {
        flags: "--backend <name>",
        about: "what computes; else the fastest that is installed",
        choices: ["auto", "onnx", "tensorflow", "webgpu", "wasm", "cpu"],
      },
      {
        flags: "--threads <number>",
        about: "threads that compute; else one for each core",
        number: COUNT,
      },
      { flags: "--batch-size <number>", about: "pictures at a time; else 32", number: COUNT },
      {
        flags: "--tta <views>",
        about:
          "average over views of each picture: flip, five-crop, ten-crop, or a number of random crops",
      },
      {
        flags: "--seed <number>",
        about: "other random crops: a whole number, else 1",
        number: WHOLE,
      },
      { flags: "--scores <name>", about: "output with the scores, where there are several" },
      { flags: "--half", about: "round every layer of a Core ML model, as the Neural Engine does" },
    ],
  },
  { heading: "Reading the model:", flags: RUN_READING_FLAGS },
];

import type { FlagGroup } from "./command.ts";

/** Random changes of pictures, in the words of Keras' ImageDataGenerator. */
export const AUGMENTATION_FLAGS: FlagGroup = {
  heading: "Random changes of pictures, as Keras' ImageDataGenerator makes them:",
  flags: [
    { flags: "--rotation-range <degrees>", about: "turn, to either side" },
    {
      flags: "--width-shift-range <range>",
      about: "shift to the side: 0.2 of the width, 10 for whole pixels below it, or one of -4,4,8",
    },
    { flags: "--height-shift-range <range>", about: "shift up or down, likewise" },
    { flags: "--shear-range <degrees>", about: "slant, to either side" },
    { flags: "--zoom-range <range>", about: "0.2 for 0.8 to 1.2, or 0.5,1; less is nearer" },
    { flags: "--channel-shift-range <levels>", about: "all colours lighter or darker by so much" },
    { flags: "--brightness-range <low,high>", about: "times the brightness: 0.5,1.5" },
    { flags: "--horizontal-flip", about: "mirror every second picture, left for right" },
    { flags: "--vertical-flip", about: "turn every second picture upside down" },
    {
      flags: "--fill-mode <mode>",
      about: "what is seen beyond the edges; else nearest",
      choices: ["constant", "nearest", "reflect", "wrap"],
    },
    { flags: "--cval <level>", about: "what constant fills with; else 0" },
    {
      flags: "--generator <version>",
      about: "whose: that of Keras up to 2.8 (the default), or of 2.9 and later, see README",
      choices: ["keras-preprocessing", "keras-2.9"],
    },
  ],
};

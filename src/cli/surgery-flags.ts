import type { FlagGroup } from "./command.ts";

/** What is changed in a model before it is trained. */
export const SURGERY_FLAGS: FlagGroup = {
  heading: "Which layers are trained:",
  flags: [
    {
      flags: "--freeze <patterns>",
      about: "layers that stay as they are: names, or patterns such as conv1* or block_*/bn",
    },
    { flags: "--unfreeze <patterns>", about: "layers that are trained all the same" },
    {
      flags: "--freeze-all-but-last <number>",
      about: "train only the last so many layers that have weights",
    },
    { flags: "--from-scratch", about: "begin with new weights, by the layers' initializers" },
  ],
};

import type { CommandSpec, FlagGroup } from "./command.ts";

/** Every option of `kc doctor`. */
export const DOCTOR_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The command:",
    flags: [
      {
        flags: "--seconds <number>",
        about: "how long each backend is timed: 3; 0 leaves it out",
        number: { from: 0 },
      },
      { flags: "--json", about: "print one JSON document" },
    ],
  },
];

const EXAMPLES = `
Each backend that runs here predicts pictures of 128 by 128 pixels with a network of MobileNet's kind, one at a time.

Examples:
  $ kc doctor
  $ kc doctor --seconds 0 --json
`;

/** `kc doctor`. */
export const DOCTOR_COMMAND: CommandSpec = {
  name: "doctor",
  about: "say which backends can predict here, how fast, and what to install to be faster",
  arguments: [],
  groups: DOCTOR_FLAGS,
  after: EXAMPLES,
  async run(_, flags) {
    const { doctor } = await import("./doctor.ts");
    return doctor(flags);
  },
};

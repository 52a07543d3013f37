import type { CommandSpec, FlagGroup } from "./command.ts";

/** Every option of `kc scan`. */
export const SCAN_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The command:",
    flags: [
      { flags: "--strict", about: "fail on warnings too" },
      { flags: "--sarif <file>", about: "write the findings as SARIF 2.1.0, for code scanning" },
      { flags: "--json", about: "print one JSON document on the standard output" },
    ],
  },
];

const EXAMPLES = `
Nothing in a file is executed, unpacked or fetched. Errors are what no model needs and what makes it useless; warnings
are worth a look; notes are for your information. Exit code 8 when there is an error.

Examples:
  $ kc scan downloaded.keras
  $ kc scan --strict models/*.h5
  $ kc scan Model.mlpackage
  $ kc scan --sarif findings.sarif model.h5
`;

/** `kc scan`. */
export const SCAN_COMMAND: CommandSpec = {
  name: "scan",
  about: "look for what is dangerous or rotten in a stranger's files",
  arguments: [["<file...>", "files of any kind, .mlpackage folders, or - for the standard input"]],
  groups: SCAN_FLAGS,
  after: EXAMPLES,
  async run(files, flags) {
    const { scan } = await import("./scan.ts");
    return scan(files, flags);
  },
};

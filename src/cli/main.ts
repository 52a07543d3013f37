import { writeSync } from "node:fs";
import { exitCodeOf } from "../errors.ts";
import { systemCode, systemText } from "../io/system-error.ts";
import { reportFailure, usageFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";

/**
 * Runs one command line (without the program's own name) and gives its exit code. Never throws: whatever goes
 * wrong is told on the standard error, with `--json` as one document on the standard output.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const json = wantsJson(argv);
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners("error").includes(endOfOutput)) stream.on("error", endOfOutput);
  }
  let exitCode = 0;
  try {
    const program = buildProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    const failure = usageFailure(error, argv);
    return failure === "shown" ? 0 : reportFailure(failure, json);
  }
}

/** Asked before the options are parsed, since parsing them may be what fails. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** Who reads our texts may stop early (`kc --help | head`); a full disk is another matter. */
function endOfOutput(error: Error): void {
  if (systemCode(error) === "EPIPE") return;
  try {
    writeSync(2, `error: the standard output cannot be written: ${systemText(error)}.\n`);
  } catch {
    // The standard error may be what is full.
  }
  process.exit(exitCodeOf("io-write"));
}

import { reportFailure, usageFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";

/**
 * Runs one command line (without the program's own name) and gives its exit code. Never throws: whatever goes
 * wrong is told on the standard error, with `--json` as one document on the standard output.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const json = wantsJson(argv);
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners("error").includes(ignoreBrokenPipe)) stream.on("error", ignoreBrokenPipe);
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

/** Who reads our texts may stop early (`kc --help | head`). */
function ignoreBrokenPipe(error: Error): void {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
}

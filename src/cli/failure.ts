import { arch, platform } from "node:os";
import { CommanderError } from "commander";
import { exitCodeOf, formatDiagnostic, KcError } from "../errors.ts";
import { usageOf } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { inFlagWords } from "./flag-words.ts";
import { version } from "./program.ts";
import { openTerminal } from "./terminal.ts";

/**
 * Turns what commander throws into our own error. `"shown"`: help or version were asked for and are printed.
 * Any other error comes back as it is.
 */
export function usageFailure(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.exitCode === 0) return "shown";
  if (error.code === "commander.help") {
    // The help stands above it already.
    return new KcError({ code: "bad-option", text: "No command was given." });
  }
  const [text = "", ...rest] = error.message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .split("\n");
  const suggestion = rest
    .join(" ")
    .trim()
    .replace(/^\((.*)\)$/, "$1");
  return new KcError({
    code: "bad-option",
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, "."),
    hint: suggestion || forgottenCommand(error, argv) || hintFor(error, argv),
  });
}

/** Tells an error, as text or as one JSON document, and gives its exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  const known = asKcError(error);
  const exitCode = exitCodeOf(known.code);
  const details = known.code === "internal" ? faultDetails(error) : [];
  if (json) {
    const errors = known.diagnostics.map(inFlagWords);
    const document = { ok: false, exitCode, errors, ...(details.length > 0 ? { details } : {}) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return exitCode;
  }
  const terminal = openTerminal();
  for (const diagnostic of known.diagnostics.map(inFlagWords)) {
    terminal.say(`${terminal.bold(terminal.red("error:"))} ${formatDiagnostic(diagnostic)}`);
  }
  for (const line of details) terminal.say(terminal.dim(`  ${line}`));
  return exitCode;
}

function asKcError(error: unknown): KcError {
  if (error instanceof KcError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation failed|array length/i.test(text)) {
    return new KcError({
      code: "limit",
      text: "There is not enough memory for this model.",
      hint: "NODE_OPTIONS=--max-old-space-size=8192 allows more, in MiB.",
    });
  }
  return new KcError({
    code: "internal",
    text: `Something unexpected happened: ${text}`,
    hint: "This is a fault of kc, not of your model. Please report it with the command, the model if you may share it, and these lines:",
  });
}

function faultDetails(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s*at /.test(line));
  return [
    `kc ${version()}, Node ${process.version}, ${platform()} ${arch()}`,
    ...frames.slice(0, 6).map((line) => line.trim()),
  ];
}

function hintFor(error: CommanderError, argv: readonly string[]): string {
  const command = COMMANDS.find(({ name }) => argv.includes(name));
  if (command === undefined) return "See kc --help, or kc convert --help.";
  return error.code === "commander.missingArgument"
    ? `Usage: ${usageOf(command)}`
    : `See kc --help, or kc ${command.name} --help.`;
}

/** `kc model.h5 out.mlmodel`: the commonest slip. */
function forgottenCommand(error: CommanderError, argv: readonly string[]): string | undefined {
  const first = argv.find((word) => !word.startsWith("--"));
  const isFile = first !== undefined && /[./]/.test(first);
  if (error.code !== "commander.unknownCommand" || !isFile) return undefined;
  return `Did you mean: kc convert ${argv.join(" ")}`;
}

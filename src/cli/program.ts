import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { CommandSpec, FlagGroup } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { checkNumbers } from "./flag-numbers.ts";

const EXIT_CODES = `
Exit codes:
  0  done
  1  a fault of kc itself
  2  wrong usage: an option or argument that makes no sense
  3  the input cannot be read, is damaged, or is no Keras model
  4  the model is sound, but something in it is not supported
  5  a verification failed, or kc diff found a difference
  6  a limit was exceeded
  7  the output cannot be written
  8  kc scan found something dangerous or rotten
`;

/**
 * The command line as commander sees it. Commands are loaded when they run: showing help costs no more than this
 * file. `done` gets the exit code of the command that ran.
 */
export function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command("kc")
    .description(
      "Reads, shows, runs and evaluates Keras models of every generation, and converts them to Core ML, ONNX and TensorFlow.js.",
    )
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText(
      "after",
      `\nkc <command> --help shows a command's options and examples.\n${EXIT_CODES}`,
    );
  for (const spec of COMMANDS) addCommand(program, spec, done);
  return program;
}

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const json: { readonly version?: unknown } = JSON.parse(text);
  return typeof json.version === "string" ? json.version : "";
}

function addCommand(program: Command, spec: CommandSpec, done: (exitCode: number) => void): void {
  const command = program.command(spec.name).description(spec.about);
  for (const [name, about] of spec.arguments) command.argument(name, about);
  addFlags(command, spec.groups);
  command
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", `${spec.after}${EXIT_CODES}`)
    .action(async () => {
      const flags = command.opts();
      checkNumbers(spec.groups, flags);
      done(await spec.run(command.args, flags));
    });
}

function addFlags(command: Command, groups: readonly FlagGroup[]): void {
  for (const { heading, flags } of groups) {
    command.optionsGroup(heading);
    for (const { flags: text, about, repeatable, choices } of flags) {
      const option = new Option(text, choices ? `${about}: ${choices.join(", ")}` : about);
      if (repeatable) option.argParser(collect);
      command.addOption(option);
    }
  }
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

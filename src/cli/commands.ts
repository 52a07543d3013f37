import type { CommandSpec } from "./command.ts";
import { CONVERT_COMMAND } from "./convert-flags.ts";
import { SUMMARY_COMMAND } from "./summary-flags.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [CONVERT_COMMAND, SUMMARY_COMMAND];

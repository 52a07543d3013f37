import type { RawFlags } from "./flag-reader.ts";

/** One option of a command, as the help shows it. */
export interface Flag {
  /** As typed: `--image-scale <number>`. */
  readonly flags: string;
  readonly about: string;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Words that it takes; all others are refused. */
  readonly choices?: readonly string[];
  /** Says that it takes one number, and which; all others are refused before anything is done. */
  readonly number?: NumberRule;
}

/** Which numbers an option takes. */
export interface NumberRule {
  readonly whole?: true;
  readonly above?: number;
  readonly from?: number;
  readonly below?: number;
  readonly upTo?: number;
}

/** 1, 2, 3, … */
export const COUNT: NumberRule = { whole: true, above: 0 };
/** 0, 1, 2, … */
export const WHOLE: NumberRule = { whole: true, from: 0 };

/** Options that belong together, under one heading. */
export interface FlagGroup {
  readonly heading: string;
  readonly flags: readonly Flag[];
}

/** What a command takes that reads models of every format. */
export const ANY_MODEL =
  ".h5, .hdf5, .keras, .weights.h5, .mlmodel, .mlpackage, .onnx, TensorFlow.js, or - for the standard input";

/** One command: all that its help shows, and how to run it. */
export interface CommandSpec {
  readonly name: string;
  readonly about: string;
  /** `<model>`, and what it is. */
  readonly arguments: readonly (readonly [name: string, about: string])[];
  readonly groups: readonly FlagGroup[];
  /** The end of its help: examples. */
  readonly after: string;
  /** Loads the command's code and runs it; gives the exit code. */
  run(args: readonly string[], flags: RawFlags): Promise<number>;
}

/** `kc convert <model> <output> [options]` */
export function usageOf({ name, arguments: args }: CommandSpec): string {
  return ["kc", name, ...args.map(([arg]) => arg), "[options]"].join(" ");
}

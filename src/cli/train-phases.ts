import { fail } from "../errors.ts";
import { type FlagReader, flagName, type RawFlags, readFlags } from "./flag-reader.ts";
import { parseList, parseNumber } from "./parse-values.ts";

/** One of the trainings that a run is made of. */
export interface TrainPhase {
  /** `2/2, all` */
  readonly title: string | undefined;
  /** All options of the command, with those of the phase. */
  readonly flags: FlagReader;
  /** Whether the phase states its own. */
  readonly own: { readonly learningRate: boolean; readonly optimizer: boolean };
}

/** What was typed, and what a configuration file says. */
export interface PhaseSources {
  readonly typed: RawFlags;
  readonly file: RawFlags;
  /** Of the file. */
  readonly phases: readonly RawFlags[];
}

/**
 * The phases of a run: those of `--phases`, else of the file, else one. What is typed counts more than what the file says of a phase.
 * Throws `bad-option`.
 */
export function trainPhases({ typed, file, phases }: PhaseSources): readonly TrainPhase[] {
  const text = readFlags({ ...file, ...typed }).text("phases");
  if (text === undefined) {
    if (phases.length === 0) return [phaseOf(undefined, {}, { ...file, ...typed })];
    return phases.map((own, index) =>
      phaseOf(`${index + 1}/${phases.length}`, own, { ...file, ...own, ...typed }),
    );
  }
  for (const key of ["epochs", "freeze", "unfreeze", "freezeAllButLast"]) {
    if (typed[key] === undefined) continue;
    fail(
      "bad-option",
      `--phases says itself how long and what is trained: leave out ${flagName(key)}.`,
    );
  }
  const all = readFlags({ ...file, ...typed });
  const inHead = 1 + (all.has("newHead") ? (all.list("headUnits")?.length ?? 0) : 0);
  const parts = parseList("--phases", text).map((part) => parsePhase(part, inHead));
  return parts.map(({ name, own }, index) =>
    phaseOf(`${index + 1}/${parts.length}, ${name}`, own, { ...file, ...typed, ...own }),
  );
}

function phaseOf(title: string | undefined, own: RawFlags, all: RawFlags): TrainPhase {
  const has = (key: string): boolean => own[key] !== undefined;
  return {
    title,
    flags: readFlags(all),
    own: { learningRate: has("learningRate"), optimizer: has("optimizer") },
  };
}

/** `head:5`, `all:10@x0.1`, `last-3:2`, `conv_pw_1*:4`. `inHead`: layers with weights in the head. */
function parsePhase(
  text: string,
  inHead: number,
): { readonly name: string; readonly own: RawFlags } {
  const [, name = "", epochs = "", rate] = /^(.+):([^:@]+)(?:@(.+))?$/.exec(text) ?? [];
  const count = epochs === "" ? Number.NaN : parseNumber("--phases", epochs.trim());
  if (!(Number.isSafeInteger(count) && count > 0)) {
    return fail(
      "bad-option",
      `--phases has "${text}", expected what is trained and for how many epochs.`,
      {
        hint: "For example: --phases head:5,all:10@x0.1",
      },
    );
  }
  const own = {
    epochs: String(count),
    ...(rate === undefined ? {} : { learningRate: rate.trim() }),
  };
  return { name, own: { ...own, ...trainedIn(name.trim(), inHead) } };
}

function trainedIn(name: string, inHead: number): RawFlags {
  if (name === "all") return { unfreeze: "*" };
  if (name === "head") return { freezeAllButLast: String(inHead) };
  const [, last] = /^last-(\d+)$/.exec(name) ?? [];
  return last === undefined ? { freeze: "*", unfreeze: name } : { freezeAllButLast: last };
}

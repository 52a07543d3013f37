import { createHash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, KcError } from "../errors.ts";
import { readRunFile, writeRunFile } from "../formats/run-file.ts";
import { openFile, writeOutput } from "../io/node.ts";
import { systemText } from "../io/system-error.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { RunSnapshot } from "../train/snapshot.ts";
import { AUGMENTATION_FLAGS } from "./augment-flags.ts";
import { type FlagReader, flagName, keyOf } from "./flag-reader.ts";
import { wholeAbove0 } from "./open-classifier.ts";
import { PICTURE_FLAGS } from "./run-flags.ts";
import type { TrainPictures } from "./train-data.ts";
import { seedOf } from "./train-seed.ts";

/** The folder in which a run is kept. */
export interface RunBackup {
  /** What the run goes on from. */
  readonly resume: ResumedRun | undefined;
  /** Within an epoch, every so many batches. */
  readonly every: number | undefined;
  save(snapshot: RunSnapshot, command: JsonObject): Promise<void>;
}

/** A run that was kept. */
export interface ResumedRun {
  readonly snapshot: RunSnapshot;
  /** What the command line was. */
  readonly command: JsonObject;
}

/**
 * The backup that the options ask for. Throws `bad-option` where `--resume` has nothing to go on with, where a folder holds a run
 * already, and for a run with other pictures, another seed, or pictures that are shown otherwise.
 */
export function openBackup(flags: FlagReader, pictures: TrainPictures): RunBackup | undefined {
  const folder = flags.text("backup");
  const every = wholeAbove0(flags, "backupEvery");
  if (folder === undefined) {
    const orphan = ["resume", "backupEvery"].find((key) => flags.has(key));
    if (orphan === undefined) return undefined;
    return fail("bad-option", "--resume and --backup-every need a folder: --backup DIR");
  }
  makeFolder(folder);
  const path = join(folder, FILE);
  const present = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const resume = flags.has("resume");
  if (present && !resume && !flags.has("force")) {
    fail("bad-option", `The folder ${folder} holds a run already.`, {
      hint: "Go on with it: --resume; or start anew in its place: --force",
    });
  }
  const about = { seed: seedOf(flags), pictures: digestOf(pictures), shown: shownAs(flags) };
  const resumed = present && resume ? readRun(path) : undefined;
  if (resumed !== undefined) checkSame(resumed.command, about);
  return {
    resume: resumed,
    every,
    async save({ state, arrays }, command) {
      const file = writeRunFile({ state: { ...state, command: { ...command, ...about } }, arrays });
      await writeOutput(path, file, { force: true, durable: true });
    },
  };
}

const FILE = "backup.kcrun";

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    fail("io-write", `The folder ${folder} cannot be made: ${systemText(error)}.`, {
      cause: error,
    });
  }
}

function readRun(path: string): ResumedRun {
  const source = openFile(path);
  try {
    const snapshot = readRunFile(source);
    const { command } = snapshot.state;
    return { snapshot, command: isJsonObject(command) ? command : {} };
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return fail(error.code, `${path}: the saved run cannot be read.`, {
      hint: "Start anew in its place: --force without --resume",
      cause: error,
    });
  } finally {
    source.close();
  }
}

/** The names and classes of all pictures: in another set the order would be another. */
function digestOf({ train, validation }: TrainPictures): string {
  const hash = createHash("sha256");
  for (const set of [train, validation]) {
    for (const { name, label } of set?.files ?? []) hash.update(`${label} ${name}\n`);
    hash.update("\n");
  }
  return hash.digest("hex");
}

/** Options that decide which pictures a batch has and how they look; only those that are given. */
function shownAs(flags: FlagReader): JsonObject {
  const given = SHOWING.filter((key) => flags.has(key));
  return Object.fromEntries(given.map((key) => [key, flags.text(key) ?? true]));
}

const SHOWING: readonly string[] = [
  ...[AUGMENTATION_FLAGS, PICTURE_FLAGS].flatMap((group) =>
    group.flags.map((one) => keyOf(one.flags)),
  ),
  "oversample",
  "undersample",
  "classWeight",
];

function checkSame(before: JsonObject, now: JsonObject): void {
  const hint =
    "Resume with the pictures and the seed of that run, or start anew: --force without --resume";
  if (before.seed !== now.seed) {
    fail(
      "bad-option",
      `The saved run has the seed ${JSON.stringify(before.seed ?? null)}, but --seed is ${now.seed}.`,
      { hint },
    );
  }
  if (before.pictures !== now.pictures) {
    fail("bad-option", "The saved run has other pictures than those that are given now.", { hint });
  }
  const [had, has] = [before.shown ?? null, now.shown ?? null];
  if (!isJsonObject(had) || !isJsonObject(has)) return;
  const other = SHOWING.find((key) => had[key] !== has[key]);
  if (other === undefined) return;
  fail(
    "bad-option",
    `The saved run was begun ${worded(other, had)}, but now it is ${worded(other, has)}.`,
    {
      hint: "Resume with the options of that run, or begin a new one with the model that was saved.",
    },
  );
}

function worded(key: string, given: JsonObject): string {
  const value = given[key];
  if (value === undefined) return `without ${flagName(key)}`;
  return `with ${flagName(key)}${value === true ? "" : ` ${String(value)}`}`;
}

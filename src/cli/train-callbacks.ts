import { statSync } from "node:fs";
import { fail } from "../errors.ts";
import { readText } from "../io/node.ts";
import type { Callback, FitRun } from "../train/callback.ts";
import { fillPattern } from "../train/callbacks/file-pattern.ts";
import { tableSchedule } from "../train/callbacks/learning-rate-scheduler.ts";
import type { MonitorOptions } from "../train/callbacks/monitor.ts";
import { earlyStoppingCallback } from "../train/run-callbacks/early-stopping.ts";
import { learningRateCallback } from "../train/run-callbacks/learning-rate-scheduler.ts";
import { modelCheckpointCallback } from "../train/run-callbacks/model-checkpoint.ts";
import { reduceOnPlateauCallback } from "../train/run-callbacks/reduce-on-plateau.ts";
import { terminateOnNaNCallback } from "../train/run-callbacks/terminate-on-nan.ts";
import type { FlagReader } from "./flag-reader.ts";
import { parseSettings, type Settings } from "./parse-settings.ts";
import { parseRate } from "./train-setup.ts";

/** What callbacks have to know of the run. */
export interface CallbackContext {
  /** Names of all that is measured in each epoch. */
  readonly measured: readonly string[];
  /** The rate that the run starts with. */
  readonly rate: number;
  save(path: string, run: FitRun): Promise<void>;
}

/** Callbacks as the options ask for them, in Keras' usual order. Throws `bad-option`. */
export function trainCallbacks(flags: FlagReader, context: CallbackContext): readonly Callback[] {
  const parts = [
    scheduleOf(flags, context),
    plateauOf(flags, context),
    checkpointOf(flags, context),
    stoppingOf(flags, context),
  ];
  return [terminateOnNaNCallback(), ...parts.flatMap((one) => one ?? [])];
}

/** Refuses settings that make no sense whatever is measured. Throws `bad-option`. */
export function checkStopping(flags: FlagReader): void {
  const settings = stoppingSettings(flags);
  if (settings === undefined) return;
  stoppingNumbers(settings);
  modeOf(settings);
}

/** Likewise. */
export function checkPlateau(flags: FlagReader): void {
  const settings = plateauSettings(flags);
  if (settings === undefined) return;
  plateauNumbers(settings);
  modeOf(settings);
}

/** Likewise. */
export function checkSchedule(flags: FlagReader): void {
  scheduleOf(flags, { rate: 1 });
}

const STOPPING = "--early-stopping";
const PLATEAU = "--reduce-lr-on-plateau";
const MONITOR = ["monitor", "mode", "patience", "min-delta"];

function stoppingOf(flags: FlagReader, { measured }: CallbackContext): Callback | undefined {
  const settings = stoppingSettings(flags);
  if (settings === undefined) return undefined;
  return earlyStoppingCallback({
    ...monitorOf(STOPPING, settings, measured),
    ...stoppingNumbers(settings),
    restoreBestWeights: settings.has("restore-best-weights"),
  });
}

function stoppingSettings(flags: FlagReader): Settings | undefined {
  const text = flags.text("earlyStopping");
  if (text === undefined) return undefined;
  const known = [...MONITOR, "baseline", "restore-best-weights"];
  const settings = parseSettings(STOPPING, text, { known, main: "patience" });
  checkWhole(STOPPING, settings, ["patience"]);
  return settings;
}

function stoppingNumbers(settings: Settings) {
  return numbers(settings, { patience: "patience", minDelta: "min-delta", baseline: "baseline" });
}

function plateauOf(flags: FlagReader, { measured }: CallbackContext): Callback | undefined {
  const settings = plateauSettings(flags);
  if (settings === undefined) return undefined;
  return reduceOnPlateauCallback({
    ...monitorOf(PLATEAU, settings, measured),
    ...plateauNumbers(settings),
  });
}

function plateauSettings(flags: FlagReader): Settings | undefined {
  const text = flags.text("reduceLrOnPlateau");
  if (text === undefined) return undefined;
  const known = [...MONITOR, "factor", "cooldown", "min-lr"];
  const settings = parseSettings(PLATEAU, text, { known, main: "patience" });
  checkWhole(PLATEAU, settings, ["patience", "cooldown"]);
  for (const key of ["factor", "min-lr"]) {
    const value = settings.number(key) ?? 0;
    if (value < 0)
      fail("bad-option", `${PLATEAU} ${key} is ${value}, expected a number from 0 on.`);
  }
  return settings;
}

function plateauNumbers(settings: Settings) {
  return numbers(settings, {
    factor: "factor",
    patience: "patience",
    minDelta: "min-delta",
    cooldown: "cooldown",
    minRate: "min-lr",
  });
}

function checkpointOf(flags: FlagReader, context: CallbackContext): Callback | undefined {
  const path = flags.text("checkpoint");
  const saveBestOnly = flags.has("saveBestOnly");
  const monitor = flags.text("monitor");
  if (path === undefined) {
    if (!saveBestOnly && monitor === undefined) return undefined;
    return fail("bad-option", "--save-best-only and --monitor are for --checkpoint.");
  }
  const { measured } = context;
  // A pattern that asks for what is not measured would fail after the first epoch only.
  fillPattern(path, Object.fromEntries([...measured, "epoch"].map((name) => [name, 1])));
  if (saveBestOnly) checkMonitor("--save-best-only", monitor ?? "val_loss", measured);
  return modelCheckpointCallback({
    path,
    saveBestOnly,
    ...(monitor === undefined ? {} : { monitor }),
    save: context.save,
  });
}

/** Epochs count from 1, as in the progress line. */
function scheduleOf(
  flags: FlagReader,
  { rate }: Pick<CallbackContext, "rate">,
): Callback | undefined {
  const text = flags.text("lrSchedule");
  if (text === undefined) return undefined;
  const isFile = statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  const lines = (isFile ? readText(text) : text).split(/[,\n]/).map((line) => line.trim());
  const table = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => scheduleLine(line, rate));
  const twice = table.find(
    ({ epoch }, index) => table.findIndex((one) => one.epoch === epoch) < index,
  );
  if (twice !== undefined) {
    fail("bad-option", `--lr-schedule gives a rate for epoch ${twice.epoch + 1} twice.`);
  }
  return learningRateCallback(tableSchedule(table));
}

function scheduleLine(
  line: string,
  before: number,
): { readonly epoch: number; readonly rate: number } {
  const [, word = "", value = ""] = /^(\d+)(?:\s*[=:]\s*|\s+)(\S+)$/.exec(line) ?? [];
  const epoch = Number(word);
  if (!(Number.isSafeInteger(epoch) && epoch > 0)) {
    return fail(
      "bad-option",
      `--lr-schedule has "${line}", expected an epoch and its rate: 10=0.0001.`,
      { hint: "Or the name of a file of such lines." },
    );
  }
  const rate = parseRate("--lr-schedule", value, before);
  if (rate > 0) return { epoch: epoch - 1, rate };
  return fail("bad-option", `--lr-schedule has "${line}": nothing would be learnt.`, {
    hint: "Give a number above 0, or a factor: x0.1",
  });
}

function checkWhole(flag: string, settings: Settings, keys: readonly string[]): void {
  for (const key of keys) {
    const value = settings.number(key) ?? 0;
    if (Number.isSafeInteger(value) && value >= 0) continue;
    fail("bad-option", `${flag} ${key} is ${value}, expected a whole number.`);
  }
}

function monitorOf(flag: string, settings: Settings, measured: readonly string[]): MonitorOptions {
  const monitor = settings.text("monitor");
  checkMonitor(flag, monitor ?? "val_loss", measured);
  const mode = modeOf(settings);
  return {
    ...(monitor === undefined ? {} : { monitor }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function modeOf(settings: Settings): MonitorOptions["mode"] {
  const modes = ["auto", "min", "max"] as const;
  return modes.find((one) => one === settings.text("mode", modes));
}

function checkMonitor(flag: string, name: string, measured: readonly string[]): void {
  if (measured.includes(name)) return;
  fail("bad-option", `${flag} looks at "${name}", but only ${measured.join(", ")} are measured.`, {
    hint: name.startsWith("val_")
      ? "Validate too: --validation DIR or --validation-split 0.2; or look at another number: monitor=loss"
      : `Look at one of them: monitor=${measured[0] ?? "loss"}`,
  });
}

function numbers<K extends string>(
  settings: Settings,
  keys: Readonly<Record<K, string>>,
): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const key in keys) {
    const value = settings.number(keys[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

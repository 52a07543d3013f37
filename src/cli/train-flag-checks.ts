import { fail } from "../errors.ts";
import { AUGMENTATION_FLAGS } from "./augment-flags.ts";
import { checkAugmentation } from "./augmentation.ts";
import { type FlagReader, keyOf, type RawFlags, readFlags } from "./flag-reader.ts";
import { sizeFlag } from "./open-classifier.ts";
import { parseNumber, parseShape } from "./parse-values.ts";
import { checkPlateau, checkSchedule, checkStopping } from "./train-callbacks.ts";
import { parseLoss } from "./train-loss.ts";
import { parseOptimizer, startRate } from "./train-setup.ts";

/** Refuses options of `kc train` that cannot be meant, each by itself, before any work. Throws `bad-option`. */
export function checkTrainFlags(raw: RawFlags): void {
  const flags = readFlags(raw);
  for (const [key, check] of CHECKS) if (flags.has(key)) check(flags);
}

const CHECKS: ReadonlyMap<string, (flags: FlagReader) => unknown> = new Map([
  ...AUGMENTATION_FLAGS.flags.map(({ flags }) => [keyOf(flags), checkAugmentation] as const),
  ["learningRate", (flags) => startRate(flags, 1)],
  ["optimizer", (flags) => parseOptimizer(flags.text("optimizer") ?? "", "")],
  ["loss", (flags) => parseLoss(flags.text("loss") ?? "")],
  ["earlyStopping", checkStopping],
  ["reduceLrOnPlateau", checkPlateau],
  ["lrSchedule", checkSchedule],
  ["headUnits", checkUnits],
  ["size", sizeFlag],
  ["inputShape", (flags) => flags.texts("inputShape").map((text) => shapeOf(text))],
]);

function checkUnits(flags: FlagReader): void {
  for (const text of flags.list("headUnits") ?? []) {
    const units = parseNumber("--head-units", text);
    if (Number.isSafeInteger(units) && units > 0) continue;
    fail("bad-option", `--head-units has ${text}, expected whole numbers above 0: 256,64`);
  }
}

/** With or without the name of an input. */
function shapeOf(text: string): unknown {
  return parseShape("--input-shape", text.slice(text.lastIndexOf("=") + 1));
}

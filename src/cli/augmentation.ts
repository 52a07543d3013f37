import { fail } from "../errors.ts";
import {
  type Augmentation,
  type AugmentationOptions,
  parseAugmentation,
  type ShiftRange,
} from "../image/augment/augmentation.ts";
import { FILL_MODES, GENERATOR_VERSIONS } from "../image/augment/generator.ts";
import { AUGMENTATION_FLAGS } from "./augment-flags.ts";
import { type FlagReader, flagName, keyOf } from "./flag-reader.ts";
import { parseNumber } from "./parse-values.ts";

/** The random changes that the options ask for; undefined where they ask for none. Throws `bad-option`. */
export function augmentationOf(flags: FlagReader): Augmentation | undefined {
  const given = AUGMENTATION_FLAGS.flags.map((flag) => keyOf(flag.flags)).filter(flags.has);
  const [settings, changes] = [given.filter(isSetting), given.filter((key) => !isSetting(key))];
  if (changes.length > 0) return parseAugmentation(optionsOf(flags));
  const [first] = settings;
  if (first === undefined) return undefined;
  return fail("bad-option", `${flagName(first)} changes no picture by itself.`, {
    hint: "Say what is to be changed: --rotation-range 20 --horizontal-flip",
  });
}

/** Refuses ranges and levels that make no sense. Throws `bad-option`. */
export function checkAugmentation(flags: FlagReader): void {
  parseAugmentation(optionsOf(flags));
}

/** How something is done, not that it is. */
function isSetting(key: string): boolean {
  return ["fillMode", "cval", "generator"].includes(key);
}

function optionsOf(flags: FlagReader): AugmentationOptions {
  const zoom = pairOf(flags, "zoomRange");
  const brightness = pairOf(flags, "brightnessRange");
  if (typeof brightness === "number") {
    fail("bad-option", `--brightness-range is ${brightness}, expected two factors: 0.5,1.5`);
  }
  return {
    ...given("rotationRange", flags.number("rotationRange")),
    ...given("widthShiftRange", shiftOf(flags, "widthShiftRange")),
    ...given("heightShiftRange", shiftOf(flags, "heightShiftRange")),
    ...given("shearRange", flags.number("shearRange")),
    ...given("zoomRange", zoom),
    ...given("channelShiftRange", flags.number("channelShiftRange")),
    ...given("brightnessRange", brightness),
    horizontalFlip: flags.has("horizontalFlip"),
    verticalFlip: flags.has("verticalFlip"),
    ...given("fillMode", flags.oneOf("fillMode", FILL_MODES)),
    ...given("cval", flags.number("cval")),
    ...given("version", flags.oneOf("generator", GENERATOR_VERSIONS)),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  const made: { [P in K]?: V } = {};
  if (value !== undefined) made[key] = value;
  return made;
}

/** `0.2`, `10` (whole pixels, as Keras takes an integer) or `10.0`, `-4,4,8`. */
function shiftOf(flags: FlagReader, key: string): ShiftRange | undefined {
  const text = flags.text(key)?.trim();
  if (text === undefined) return undefined;
  if (text.includes(",")) return { oneOf: numbersOf(key, text) };
  if (!/^\d+$/.test(text)) return parseNumber(flagName(key), text);
  if (text === "1") {
    return fail("bad-option", `${flagName(key)} 1 is for whole pixels below 1: none.`, {
      hint: "Write 1.0 for up to one pixel, or 0.1 for a tenth of the picture.",
    });
  }
  return text === "0" ? 0 : { whole: Number(text) };
}

function pairOf(
  flags: FlagReader,
  key: string,
): number | readonly [low: number, high: number] | undefined {
  const text = flags.text(key);
  if (text === undefined) return undefined;
  const [low = 0, high, ...more] = numbersOf(key, text);
  if (more.length > 0) fail("bad-option", `${flagName(key)} is "${text}", expected low,high.`);
  return high === undefined ? low : [low, high];
}

function numbersOf(key: string, text: string): readonly number[] {
  return text.split(",").map((item) => parseNumber(flagName(key), item));
}

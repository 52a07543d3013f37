import { fail } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { FlagGroup, NumberRule } from "./command.ts";
import type { RawFlags } from "./flag-reader.ts";
import { flagName, keyOf } from "./flag-reader.ts";
import { parseNumber } from "./parse-values.ts";

/** Refuses numbers of options that make no sense, before any work. Throws `bad-option`. */
export function checkNumbers(groups: readonly FlagGroup[], raw: RawFlags): void {
  for (const { flags, number } of groups.flatMap((group) => group.flags)) {
    const key = keyOf(flags.replace(/^-\w, /, ""));
    const text = raw[key];
    if (number === undefined || typeof text !== "string") continue;
    const value = parseNumber(flagName(key), text);
    if (isAllowed(value, number)) continue;
    fail("bad-option", `${flagName(key)} is ${value}, expected ${describeRule(number)}.`);
  }
}

/** Whether an option takes a number. */
export function isAllowed(value: number, { whole, above, from, below, upTo }: NumberRule): boolean {
  return (
    (whole === undefined || Number.isSafeInteger(value)) &&
    (above === undefined || value > above) &&
    (from === undefined || value >= from) &&
    (below === undefined || value < below) &&
    (upTo === undefined || value <= upTo)
  );
}

/** `a whole number above 0` */
export function describeRule({ whole, above, from, below, upTo }: NumberRule): string {
  const kind = whole ? "a whole number" : below === 1 ? "a part" : "a number";
  if (above !== undefined && below !== undefined) return `${kind} between ${above} and ${below}`;
  const least =
    above !== undefined
      ? ` above ${above}`
      : from === undefined || (whole && from === 0 && upTo === undefined)
        ? ""
        : ` from ${from}`;
  const most =
    below !== undefined
      ? ` to below ${below}`
      : upTo !== undefined
        ? ` to ${upTo}`
        : least.startsWith(" from")
          ? " on"
          : "";
  return `${kind}${least}${most}`;
}

/** The rule in the words of JSON schemas. */
export function ruleSchema({ whole, above, from, below, upTo }: NumberRule): JsonObject {
  return {
    type: whole ? "integer" : "number",
    ...(above === undefined ? {} : { exclusiveMinimum: above }),
    ...(from === undefined ? {} : { minimum: from }),
    ...(below === undefined ? {} : { exclusiveMaximum: below }),
    ...(upTo === undefined ? {} : { maximum: upTo }),
  };
}

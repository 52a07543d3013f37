import { fail } from "../errors.ts";

/** What a value of one option must be. */
export interface OptionCheck {
  readonly expected: string;
  holds(value: unknown): boolean;
}

/** Throws `bad-option` for options that the writer does not have, or of a wrong kind. */
export function checkOptions(
  options: object,
  checks: ReadonlyMap<string, OptionCheck>,
  writer: string,
): void {
  for (const [key, value] of Object.entries(options)) {
    const check = checks.get(key);
    if (check === undefined) {
      fail("bad-option", `"${key}" is not an option of ${writer}.`, {
        hint: `Options: ${[...checks.keys()].join(", ")}.`,
      });
    }
    if (value !== undefined && !check.holds(value)) {
      fail("bad-option", `${key} must be ${check.expected}, but is ${show(value)}.`);
    }
  }
}

/** Checks that many options share. */
export const TEXT: OptionCheck = {
  expected: "a text",
  holds: (value) => typeof value === "string",
};
/** A text that is not empty. */
export const NAME: OptionCheck = {
  expected: "a name",
  holds: (value) => typeof value === "string" && value !== "",
};
/** On or off. */
export const FLAG: OptionCheck = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
};
/** Names in an order. */
export const NAMES: OptionCheck = {
  expected: "a list of names",
  holds: (value) => Array.isArray(value) && value.every(NAME.holds),
};
/** Texts by name. */
export const TEXTS: OptionCheck = {
  expected: "texts by name",
  holds: (value) => isRecord(value) && Object.values(value).every(TEXT.holds),
};
/** Class labels: all texts, or all whole numbers. */
export const LABELS: OptionCheck = {
  expected: "a list of texts or of whole numbers",
  holds(value) {
    const list = listOf(value);
    const texts = list.every((label) => typeof label === "string");
    return Array.isArray(value) && (texts || list.every((label) => Number.isSafeInteger(label)));
  },
};

/** One of some words. */
export function oneOf(...values: readonly string[]): OptionCheck {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    holds: (value) => typeof value === "string" && values.includes(value),
  };
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function show(value: unknown): string {
  return typeof value === "object"
    ? JSON.stringify(value)
    : (JSON.stringify(value) ?? String(value));
}

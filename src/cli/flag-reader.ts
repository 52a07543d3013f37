import { fail } from "../errors.ts";
import { parseList, parseNumber, parseNumberByName, parsePairs } from "./parse-values.ts";

/** Options as commander collects them: texts, lists of texts, true. By name in camel case. */
export type RawFlags = Readonly<Record<string, unknown>>;

/** Typed access to the options of one command; every error names the option as the user typed it. */
export interface FlagReader {
  has(key: string): boolean;
  text(key: string): string | undefined;
  /** Of an option that may be repeated. */
  texts(key: string): readonly string[];
  list(key: string): readonly string[] | undefined;
  number(key: string): number | undefined;
  numberByName(key: string): number | Readonly<Record<string, number>> | undefined;
  /** `name=value`, several times. */
  pairs(key: string): Readonly<Record<string, string>> | undefined;
  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined;
}

/** A reader over what commander collected. */
export function readFlags(raw: RawFlags): FlagReader {
  const text = (key: string): string | undefined => {
    const value = raw[key];
    return typeof value === "string" ? value : undefined;
  };
  const parsed = <T>(key: string, parse: (flag: string, value: string) => T): T | undefined => {
    const value = text(key);
    return value === undefined ? undefined : parse(flagName(key), value);
  };
  const texts = (key: string): readonly string[] => {
    const value = raw[key];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  };
  return {
    text,
    texts,
    has: (key) => raw[key] !== undefined,
    list: (key) => parsed(key, parseList),
    number: (key) => parsed(key, parseNumber),
    numberByName: (key) => parsed(key, parseNumberByName),
    pairs: (key) => (texts(key).length === 0 ? undefined : parsePairs(flagName(key), texts(key))),
    oneOf: (key, allowed) =>
      parsed(key, (flag, value) => {
        const lower = value.toLowerCase();
        const word = allowed.find((candidate) => candidate.toLowerCase() === lower);
        return (
          word ?? fail("bad-option", `${flag} is "${value}", expected ${allowed.join(" or ")}.`)
        );
      }),
  };
}

/** `imageScale` as the user types it: `--image-scale`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `--image-scale <number>` as commander names it: `imageScale`. */
export function keyOf(flags: string): string {
  const [flag = ""] = flags.split(" ");
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

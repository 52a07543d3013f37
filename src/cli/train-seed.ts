import { fail } from "../errors.ts";
import type { FlagReader } from "./flag-reader.ts";

/** What all random numbers of a run come from. Throws `bad-option`. */
export function seedOf(flags: FlagReader): number {
  const seed = flags.number("seed") ?? 1;
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  return fail("bad-option", `--seed is ${seed}, expected a whole number.`);
}

/** Lines that are shown of what is wrong. */
const SHOWN = 40;

/** The end of a check: what is wrong and how many were compared. Having compared nothing is a failure too. */
export function conclude(
  compared: number,
  what: string,
  faults: readonly string[],
  /** Compared things that have faults, where they are fewer than these. */
  wrong: number = faults.length,
): void {
  for (const fault of faults.slice(0, SHOWN)) console.log(fault);
  if (faults.length > SHOWN) console.log(`… and ${faults.length - SHOWN} more`);
  console.log(`${compared - wrong} of ${compared} ${what}.`);
  process.exitCode = faults.length === 0 && compared > 0 ? 0 : 1;
}

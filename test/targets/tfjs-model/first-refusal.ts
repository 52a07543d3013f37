import { KcError } from "../../../src/errors.ts";

/** The first layer that is refused, and why. */
export function firstRefusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    const [first] = error.diagnostics;
    return `${first?.at?.className ?? first?.at?.layer}: ${first?.text}`;
  }
  return "nothing was refused";
}

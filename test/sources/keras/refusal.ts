import { KcError } from "../../../src/errors.ts";

/** `code: message` of what a function throws. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof KcError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}

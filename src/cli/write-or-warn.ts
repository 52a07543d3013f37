import { KcError } from "../errors.ts";

/** A full disk is no reason to lose the run: what was saved before is whole, and there may be room again. */
export async function writeOrWarn(
  warn: (text: string) => void,
  write: () => void | Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "io-write") throw error;
    warn(`${error.diagnostics[0]?.text ?? error.message} The run goes on.`);
  }
}

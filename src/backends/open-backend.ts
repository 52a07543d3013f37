import { type Diagnostic, fail, KcError } from "../errors.ts";
import { BACKENDS } from "./backends.ts";
import type { BackendSpec, LoadedBackend } from "./predictor.ts";

/** The backend that will predict, and those faster ones that do not run here. */
export interface OpenedBackend {
  readonly spec: BackendSpec;
  readonly backend: LoadedBackend;
  /** For `auto`: why each backend before this one was passed over. */
  readonly missed: readonly Diagnostic[];
  /** The command that installs the fastest of those that are not installed. */
  readonly install?: string;
}

/** Whether a backend does not load because something that it needs is not installed. */
export function isNotInstalled({ install }: BackendSpec, error: KcError): boolean {
  return install !== undefined && error.diagnostics.some(({ hint }) => hint?.endsWith(install));
}

/**
 * Loads the backend called so, or with `auto` the fastest one that runs here. Throws `bad-option` for a name that is none, `unsupported`
 * with what to install when none runs.
 */
export async function openBackend(
  name: string,
  backends: readonly BackendSpec[] = BACKENDS,
): Promise<OpenedBackend> {
  const named = backends.filter((spec) => name === "auto" || spec.name === name);
  if (named.length === 0) {
    const names = ["auto", ...backends.map((spec) => spec.name)].join(", ");
    fail("bad-option", `There is no backend "${name}", expected one of ${names}.`);
  }
  const missed: Diagnostic[] = [];
  let install: string | undefined;
  for (const spec of named) {
    try {
      const backend = await spec.load();
      return { spec, backend, missed, ...(install === undefined ? {} : { install }) };
    } catch (error) {
      if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
      missed.push(...error.diagnostics);
      if (isNotInstalled(spec, error)) install ??= spec.install;
    }
  }
  const [first = { code: "unsupported", text: "No backend runs here." }] = missed;
  throw new KcError(first, { all: missed });
}

/**
 * What can go wrong, in closed words. Each code belongs to one exit code of the command line
 * (`exitCodeOf`), so a script can tell a damaged file from an unsupported layer.
 */
export type ErrorCode =
  /** The file is not what it was taken for: another format, an LFS pointer, a web page, empty. */
  | "bad-format"
  /** The right format, but damaged: truncated, impossible offset, failed checksum. */
  | "corrupt-file"
  /** The architecture says something that no Keras writes. */
  | "bad-config"
  /** Shapes that do not fit each other. */
  | "bad-shape"
  /** Weights missing, superfluous, or of another shape than the architecture demands. */
  | "bad-weights"
  /** A sound model that cannot be expressed here. */
  | "unsupported"
  /** An option or argument that makes no sense. */
  | "bad-option"
  /** Two results that should be equal are not. */
  | "verification"
  /** Within the format, but beyond what is safe to read: a zip bomb, a cyclic tree, a claim of terabytes. */
  | "limit"
  /** A file that cannot be opened or read. */
  | "io-read"
  /** A file that cannot be written. */
  | "io-write"
  /** A fault of this program. */
  | "internal";

/** Where it went wrong, in the user's words. */
export interface Place {
  readonly file?: string;
  /** Path inside the file: an HDF5 object, a zip member, a JSON path. */
  readonly path?: string;
  /** Keras layer name; nested models as `outer/inner`. */
  readonly layer?: string;
  readonly className?: string;
}

/** One thing that went wrong or surprises, with its place and, where there is one, a way out. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly text: string;
  readonly at?: Place;
  readonly hint?: string;
}

/** Collects what a stage finds; the stage then throws once with `throwIfErrors`. */
export interface Diagnostics {
  error(diagnostic: Diagnostic): void;
  warn(diagnostic: Diagnostic): void;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** The only error that leaves this library. `message` holds every diagnostic, ready to print. */
export class KcError extends Error {
  override readonly name = "KcError";
  readonly code: ErrorCode;
  readonly at: Place;
  readonly hint: string | undefined;
  /** All that was found, the first one being `this`. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    first: Diagnostic,
    options: { readonly cause?: unknown; readonly all?: readonly Diagnostic[] } = {},
  ) {
    const all = options.all ?? [first];
    super(
      all.map(formatDiagnostic).join("\n"),
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = first.code;
    this.at = first.at ?? {};
    this.hint = first.hint;
    this.diagnostics = all;
  }
}

/** Shorthand for throwing one diagnostic. */
export function fail(
  code: ErrorCode,
  text: string,
  more: { readonly at?: Place; readonly hint?: string; readonly cause?: unknown } = {},
): never {
  const { cause, ...rest } = more;
  throw new KcError({ code, text, ...rest }, cause === undefined ? {} : { cause });
}

/** An empty log for one stage. */
export function createDiagnostics(): Diagnostics {
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  return {
    error: (diagnostic) => void errors.push(diagnostic),
    warn: (diagnostic) => void warnings.push(diagnostic),
    errors,
    warnings,
  };
}

/** Throws one `KcError` with everything collected, if there is anything. */
export function throwIfErrors(log: Diagnostics): void {
  const [first] = log.errors;
  if (first !== undefined) throw new KcError(first, { all: log.errors });
}

/** `Layer "conv_1" (Conv2D), in model.h5: text` and the hint on a line of its own. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { at = {}, text, hint } = diagnostic;
  const className = at.className === undefined ? "" : ` (${at.className})`;
  const parts = [
    at.layer === undefined ? undefined : `Layer "${at.layer}"${className}`,
    at.file,
    at.path,
  ].filter((part) => part !== undefined);
  const where = parts.length === 0 ? "" : `${parts.join(", ")}: `;
  return `${where}${text}${hint === undefined ? "" : `\n  ${hint}`}`;
}

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  "bad-option": 2,
  "bad-format": 3,
  "corrupt-file": 3,
  "bad-config": 3,
  "bad-shape": 3,
  "bad-weights": 3,
  "io-read": 3,
  unsupported: 4,
  verification: 5,
  limit: 6,
  "io-write": 7,
};

/** Exit code of the command line for an error; stable across versions. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}

import type { Dialect } from "../layer-spec.ts";

/** The 11 of Keras 3.11.2, for what changed between releases of Keras 3; -1 for other generations. */
export function keras3Release(dialect: Dialect): number {
  if (dialect.generation !== 3) return -1;
  return Number(/^3\.(\d+)/.exec(dialect.version)?.[1] ?? LATEST);
}

/** A file that does not say is taken for a recent one. */
const LATEST = 15;

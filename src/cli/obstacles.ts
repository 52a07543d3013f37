import { type Diagnostic, KcError } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import { type ReadCoreMLOptions, readCoreML } from "../sources/coreml/read-coreml.ts";
import { type KerasModel, type ReadKerasOptions, readKeras } from "../sources/keras/index.ts";
import { openTraced } from "../sources/keras/traced-model.ts";
import type { TargetWriter } from "./target-spec.ts";

/** What stands in the way of a conversion, and what will surprise. */
export interface Obstacles {
  readonly obstacles: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Finds all that keeps a model from becoming what the target writes. Layers that cannot be read are replaced by holes, so that
 * what comes after them is judged too. No weight is read. Throws what is wrong with the file itself.
 */
export function findObstacles(
  source: ByteSource,
  options: ReadKerasOptions,
  target: Pick<TargetWriter, "check" | "checkKeras">,
): Obstacles {
  const { checkKeras } = target;
  if (checkKeras !== undefined) {
    const { made, obstacles } = attempt(() => checkKeras(openTraced(source, options)));
    return { obstacles: distinct(obstacles), warnings: distinct(made ?? []) };
  }
  const read = attempt(() => readKeras(source, options));
  const whole = read.made ?? attempt(() => readWithHoles(source, options)).made;
  const written = whole === undefined ? undefined : attempt(() => target.check(whole.graph));
  return {
    obstacles: distinct([...read.obstacles, ...(written?.obstacles ?? [])]),
    warnings: distinct([...(read.made?.warnings ?? []), ...(written?.made ?? [])]),
  };
}

/** The same of a Core ML network, whose layers are all read before any is refused. */
export function findCoreMLObstacles(
  model: Model,
  options: ReadCoreMLOptions,
  target: Pick<TargetWriter, "check">,
): Obstacles {
  const read = attempt(() => readCoreML(model, options));
  const { made } = read;
  const written = made === undefined ? undefined : attempt(() => target.check(made.graph));
  return {
    obstacles: distinct([...read.obstacles, ...(written?.obstacles ?? [])]),
    warnings: distinct([...(made?.warnings ?? []), ...(written?.made ?? [])]),
  };
}

interface Attempt<T> {
  readonly made: T | undefined;
  readonly obstacles: readonly Diagnostic[];
}

/** Obstacles are what is unsupported; a file that is damaged stays an error. */
function attempt<T>(make: () => T): Attempt<T> {
  try {
    return { made: make(), obstacles: [] };
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    return { made: undefined, obstacles: error.diagnostics };
  }
}

function readWithHoles(source: ByteSource, options: ReadKerasOptions): KerasModel {
  return readKeras(source, { ...options, placeholders: true });
}

/** Each obstacle once: one of a layer that is called twice is found twice. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((found) => [JSON.stringify(found), found])).values()];
}

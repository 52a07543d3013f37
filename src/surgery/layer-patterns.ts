import { fail } from "../errors.ts";
import { allLayers, type LayerConfig, type ModelConfig } from "../sources/keras/topology.ts";
import { nearNames } from "./near-names.ts";

/**
 * The layers that a pattern means: a name or path (`conv1`, `base/conv1`), a class (`BatchNormalization`), either with `*` and `?`, or a
 * regular expression of the path (`/^base\/conv_/`). What is meant of a nested model or wrapper are all its layers too. Throws `bad-option`
 * for a pattern that means nothing.
 */
export function findLayers(model: ModelConfig, pattern: string): readonly LayerConfig[] {
  const layers = allLayers(model);
  const exact = layers.filter(({ name, path }) => name === pattern || path === pattern);
  const found = exact.length > 0 ? exact : layers.filter(matcher(pattern));
  if (found.length > 0) return [...new Set(found.flatMap(withInner))];
  return unknownPattern(pattern, layers);
}

function matcher(pattern: string): (layer: LayerConfig) => boolean {
  const stated = /^\/(.*)\/([imsu]*)$/s.exec(pattern);
  if (stated !== null) {
    const expression = compile(stated[1] ?? "", stated[2] ?? "", pattern);
    return ({ path }) => expression.test(path);
  }
  const words = pattern.replace(/[.+^${}()|[\]\\/]/g, "\\$&");
  const glob = new RegExp(`^${words.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
  return ({ name, path, className, fileClass }) =>
    [name, path, className, fileClass].some((text) => glob.test(text));
}

function compile(source: string, flags: string, pattern: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    return fail("bad-option", `"${pattern}" is no regular expression.`, { cause });
  }
}

function withInner(layer: LayerConfig): readonly LayerConfig[] {
  const inner = layer.model === undefined ? [] : allLayers(layer.model);
  return layer.wrapped === undefined
    ? [layer, ...inner]
    : [layer, ...inner, ...withInner(layer.wrapped)];
}

function unknownPattern(pattern: string, layers: readonly LayerConfig[]): never {
  const names = layers.flatMap(({ name, path, fileClass }) => [path, name, fileClass]);
  const near = nearNames(pattern.replace(/[*?/^$\\]/g, ""), names);
  const first = layers.slice(0, 5).map(({ path }) => `"${path}"`);
  const quoted = near.map((name) => `"${name}"`);
  const shown =
    near.length > 0
      ? `Did you mean ${quoted.join(" or ")}?`
      : `The first layers are ${first.join(", ")}.`;
  return fail("bad-option", `No layer is called "${pattern}", and no class either.`, {
    hint: `${shown} Patterns may be names, paths (model/layer), classes, each with * and ?, or /regular expressions/.`,
  });
}

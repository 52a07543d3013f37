/**
 * Finds the Keras layer that a layer of a converted file belongs to: converters join the names of nested models by
 * underscores, number the calls of shared layers, and give parts of a layer an ending.
 */
export function kerasNames(layers: readonly string[]): (name: string) => string {
  const flat = new Map<string, string>();
  for (const path of layers) {
    for (const name of [path.replaceAll("/", "_"), path]) if (!flat.has(name)) flat.set(name, path);
  }
  return (name) => {
    let candidates: readonly string[] = [name];
    for (let step = 0; step < MOST_STEPS; step++) {
      const found = candidates.find((one) => flat.has(one));
      if (found !== undefined) return flat.get(found) ?? name;
      candidates = [...new Set(candidates.flatMap(shorter))].slice(0, MOST_CANDIDATES);
    }
    return name;
  };
}

const MOST_STEPS = 4;
const MOST_CANDIDATES = 200;

/** Endings, and the numbers of calls. */
const PARTS =
  /(?:__[a-z0-9_]+?(?:__)?|_step_\d+|_(?:split|elementwise|neg|forward|backward|permute_?|part_\d+)|_\d+)$/;

function shorter(name: string): readonly string[] {
  const ends = name.replace(PARTS, "");
  const numbers = [...name.matchAll(/_\d+(?=_)/g)].map(
    ({ index, 0: number }) => name.slice(0, index) + name.slice(index + number.length),
  );
  return [...(ends === name ? [] : [ends]), ...numbers];
}

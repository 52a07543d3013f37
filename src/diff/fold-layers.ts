import type { DiffLayer } from "./side.ts";

/**
 * Layers of one model that say, beside a layer of both, what the other model says in that layer alone, as part of it: a padding before
 * it, an activation behind it. They have no weights, and names that begin with that layer's.
 */
export function foldLayers(
  layers: readonly DiffLayer[],
  others: readonly DiffLayer[],
): readonly DiffLayer[] {
  const known = new Set(others.map(({ name }) => name));
  const extra = layers.filter(
    ({ name, weights, computes }) =>
      !known.has(name) && weights.length === 0 && computes !== undefined,
  );
  return extra.reduce((list, { name }) => foldOne(list, name, known), layers);
}

function foldOne(
  layers: readonly DiffLayer[],
  folded: string,
  known: ReadonlySet<string>,
): readonly DiffLayer[] {
  const layer = layers.find(({ name }) => name === folded);
  if (layer === undefined) return layers;
  const isOwner = ({ name, computes }: DiffLayer): boolean =>
    known.has(name) && layer.name.startsWith(`${name}_`) && computes !== undefined;
  const readers = (name: string): readonly DiffLayer[] =>
    layers.filter(({ inputs }) => inputs.includes(name));
  const [source = ""] = layer.inputs;
  const before = layers.find((one) => one.name === source);
  const [after, ...more] = readers(layer.name);
  if (before !== undefined && layer.inputs.length === 1 && isOwner(before)) {
    if (readers(source).length !== 1) return layers;
    return merged(layers, layer, { ...before, computes: joined(before, layer) });
  }
  if (after === undefined || more.length > 0 || !isOwner(after)) return layers;
  if (after.inputs.length !== 1) return layers;
  const { inputs } = layer;
  return merged(layers, layer, { ...after, inputs, computes: joined(layer, after) });
}

function joined({ computes: a = [] }: DiffLayer, { computes: b = [] }: DiffLayer) {
  return [...a, ...b];
}

/** Without the layer, whose readers read its owner now. */
function merged(
  layers: readonly DiffLayer[],
  { name }: DiffLayer,
  owner: DiffLayer,
): readonly DiffLayer[] {
  return layers
    .filter((one) => one.name !== name)
    .map((one) => (one.name === owner.name ? owner : one))
    .map((one) => ({
      ...one,
      inputs: one.inputs.map((input) => (input === name ? owner.name : input)),
    }));
}

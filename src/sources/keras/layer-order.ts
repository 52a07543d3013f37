import type { CallConfig, LayerConfig, ModelConfig, TensorAddress } from "./topology.ts";

/**
 * The layers of a functional model in the order in which Keras sorts them when it builds one: by how far they are from the
 * outputs, then as a walk back from the outputs meets them. Weights are stored by that order.
 *
 * @see keras/src/ops/function.py `map_graph` (3.15)
 */
export function layerOrder(model: ModelConfig): readonly LayerConfig[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const { met, calls } = walkBack(model, byName);
  const depths = depthsOf(calls, byName);
  const place = new Map(met.map((name, index) => [name, index]));
  const depth = ({ name }: LayerConfig): number => depths.get(name) ?? 0;
  // Inputs that nothing uses come before all others of depth 0.
  const index = ({ name }: LayerConfig): number => place.get(name) ?? -1;
  return [...model.layers].sort((a, b) => depth(b) - depth(a) || index(a) - index(b));
}

/** One call of a layer. */
interface Visit {
  readonly layer: string;
  readonly call: number;
}

/** Layers as a walk back from the outputs meets them first, and their calls, each behind what it needs. */
function walkBack(
  model: ModelConfig,
  byName: ReadonlyMap<string, LayerConfig>,
): { readonly met: readonly string[]; readonly calls: readonly Visit[] } {
  const met = new Set<string>();
  const done = new Map<string, Visit>();
  const begun = new Set<string>();
  // A stack of its own: models may be deeper than that of the language.
  const stack: (TensorAddress & { readonly leaving?: true })[] = [...model.outputs].reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { layer, call } = top;
    const key = keyOf(top);
    if (top.leaving) done.set(key, { layer, call });
    if (top.leaving || begun.has(key)) continue;
    begun.add(key);
    met.add(layer);
    stack.push({ ...top, leaving: true });
    stack.push(...[...needs(byName.get(layer), call)].reverse());
  }
  return { met: [...met], calls: [...done.values()] };
}

function needs(layer: LayerConfig | undefined, call: number): readonly TensorAddress[] {
  const config = layer?.calls[call];
  return config === undefined ? [] : addressesOf(config);
}

/** All tensors that a call takes, in order. */
export function addressesOf({ args, keywords }: CallConfig): readonly TensorAddress[] {
  const positional = args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  return [...positional, ...[...keywords.values()].flat()];
}

function depthsOf(
  calls: readonly Visit[],
  byName: ReadonlyMap<string, LayerConfig>,
): ReadonlyMap<string, number> {
  const ofCall = new Map<string, number>();
  const ofLayer = new Map<string, number>();
  for (const visit of calls.toReversed()) {
    const depth = Math.max(ofCall.get(keyOf(visit)) ?? 0, ofLayer.get(visit.layer) ?? 0);
    ofCall.set(keyOf(visit), depth);
    ofLayer.set(visit.layer, depth);
    for (const address of needs(byName.get(visit.layer), visit.call)) {
      const before = ofCall.get(keyOf(address)) ?? 0;
      ofCall.set(keyOf(address), Math.max(depth + 1, before));
    }
  }
  return ofLayer;
}

function keyOf({ layer, call }: Visit): string {
  return `${call} ${layer}`;
}

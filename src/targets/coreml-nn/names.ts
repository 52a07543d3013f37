import type { Graph, Node, Origin } from "../../ir/graph.ts";

/** Gives out names, adding a number where one is taken. */
export class NameBook {
  readonly #taken = new Set<string>();

  /** Keeps a name for one use. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  unique(name: string): string {
    let free = name;
    for (let count = 1; this.#taken.has(free); count++) free = `${name}_${count}`;
    this.#taken.add(free);
    return free;
  }
}

/**
 * Layer names as coremltools writes them: the Keras name, nested models in front with `_`, `_0`, `_1` for the calls of a
 * shared layer, `__activation__` for an activation inside another layer, `_step_1`, `_step_2` for layers of several steps.
 */
export function layerNames(graph: Graph): ReadonlyMap<string, string> {
  const shared = new Set(
    graph.nodes.filter(({ origin }) => origin.call > 0).map(({ origin }) => origin.layer),
  );
  const names = new Map<string, string>();
  for (const group of groupByOrigin(graph.nodes)) {
    const [first] = group;
    if (first === undefined) continue;
    const base = layerName(first.origin, shared.has(first.origin.layer));
    const steps = group.filter((node, index) => index === 0 || node.op.kind !== "activation");
    for (const node of group) {
      const step = steps.indexOf(node) + 1;
      if (step === 0) names.set(node.id, `${base}__activation__`);
      else names.set(node.id, steps.length === 1 ? base : `${base}_step_${step}`);
    }
  }
  return names;
}

/**
 * `outer_inner_layer`: only the slashes between models become `_`, those in the layer's own name stay. The number of a
 * shared call stands behind the layer, or behind the outermost model around it: `outer_1_inner_layer`.
 */
function layerName(origin: Origin, shared: boolean): string {
  const { name } = origin.config;
  const own = typeof name === "string" && origin.layer.endsWith(name) ? name : origin.layer;
  const models = origin.layer
    .slice(0, origin.layer.length - own.length)
    .split("/")
    .slice(0, -1);
  const [first, ...others] = [...models, own];
  return [shared ? `${first}_${origin.call}` : first, ...others].join("_");
}

function groupByOrigin(nodes: readonly Node[]): Iterable<readonly Node[]> {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const key = `${node.origin.layer}\u0000${node.origin.call}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return groups.values();
}

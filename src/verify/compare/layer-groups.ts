import type { Graph, Node, Origin, ValueId } from "../../ir/graph.ts";
import type { WiredLayer, Wiring } from "../wiring.ts";

/** One call of a Keras layer, or one input, on both sides. */
export interface LayerGroup {
  /** Undefined for an input of the model. */
  readonly origin: Origin | undefined;
  /** Keras name. */
  readonly layer: string;
  /** Values that other layers read, or that the model gives out. */
  readonly values: readonly ValueId[];
  /** Core ML blobs of the same layer that other layers read, or that the model gives out. */
  readonly blobs: ReadonlySet<string>;
}

/**
 * Pairs Keras layers with Core ML layers by their names: those of a Keras layer begin with its name
 * (`conv1_relu__clip__`); those of a nested model with all names in a row (`outer_inner`); those of a shared layer
 * count its calls (`shared_1`). A Core ML layer of any other name belongs to the layer whose numbers it reads.
 */
export function layerGroups(graph: Graph, wiring: Wiring): readonly LayerGroup[] {
  const keys = new Map<string, readonly Node[]>();
  for (const node of graph.nodes) {
    const key = keyOf(node.origin);
    keys.set(key, [...(keys.get(key) ?? []), node]);
  }
  const words = wordsOf(graph);
  const entries = inputKeys(graph, wiring);
  const keyed = blobsByKey(wiring, words, entries);
  const blobs = keyed.leaving;
  const loose = wiring.scoped ? looseBlobs(graph, keyed) : undefined;
  const entering = wiring.scoped ? enteringBlobs(wiring, words, entries) : blobs;
  const none: ReadonlySet<string> = new Set();
  const inputs = graph.inputs.map(({ name, value }) => ({
    origin: undefined,
    layer: name,
    values: [value],
    blobs: entering.get(inputKey(name)) ?? none,
  }));
  const outside = leavingValues(graph);
  const layers = [...keys].map(([key, nodes]) => ({
    origin: nodes[0]?.origin,
    layer: nodes[0]?.origin.layer ?? "",
    values: nodes.flatMap(({ outputs }) => outputs).filter((value) => outside.has(value)),
    blobs: loose?.get(key) ?? blobs.get(key) ?? none,
  }));
  return [...inputs, ...layers];
}

function keyOf({ layer, call }: Origin): string {
  return `${layer}\n${call}`;
}

function inputKey(name: string): string {
  return `${name}\ninput`;
}

/** The inputs that take pictures; arrays enter a network as they are. Names go by order, as the two models name them differently. */
function inputKeys(graph: Graph, wiring: Wiring): ReadonlyMap<string, string> {
  const features = wiring.inputs.filter(({ type }) => type?.isOptional !== true);
  const byName = graph.inputs.every(({ name }) => features.some((one) => one.name === name));
  return new Map(
    graph.inputs.flatMap(({ name }, index) => {
      const feature = byName ? features.find((one) => one.name === name) : features[index];
      if (feature === undefined) return [];
      if (feature.type?.imageType === undefined && !wiring.scoped) return [];
      return [[feature.name ?? "", inputKey(name)]];
    }),
  );
}

/** Values that are read by another layer than the one that makes them, or given out. */
function leavingValues(graph: Graph): ReadonlySet<ValueId> {
  const makers = new Map<ValueId, string>();
  const leaving = new Set(graph.outputs.map(({ value }) => value));
  for (const { origin, inputs, outputs } of graph.nodes) {
    const key = keyOf(origin);
    for (const value of inputs) if (makers.get(value) !== key) leaving.add(value);
    for (const value of outputs) makers.set(value, key);
  }
  return leaving;
}

/** What the Core ML layers of each Keras layer may be called; names that two layers could have are left out. */
function wordsOf(graph: Graph): ReadonlyMap<string, string> {
  const calls = new Map<string, Origin>();
  for (const { origin } of graph.nodes) calls.set(keyOf(origin), origin);
  const shared = new Set(
    [...calls.values()].filter(({ call }) => call > 0).map(({ layer }) => layer),
  );
  const words = new Map<string, string>();
  for (const spelling of SPELLINGS) {
    const claims = new Map<string, Set<string>>();
    for (const [key, origin] of calls) {
      const word = spelling(origin, shared.has(origin.layer));
      // Names in a program have no other characters.
      for (const form of new Set([word, word.replace(/[^A-Za-z0-9_@]/g, "_")])) {
        claims.set(form, (claims.get(form) ?? new Set()).add(key));
      }
    }
    for (const [word, [key, rival]] of claims) {
      if (key !== undefined && rival === undefined && !words.has(word)) words.set(word, key);
    }
  }
  return words;
}

type Spelling = (origin: Origin, shared: boolean) => string;

/** From the surest to the most doubtful. */
const SPELLINGS: readonly Spelling[] = [
  (origin, shared) => {
    const [first = "", ...rest] = pathOf(origin);
    return [shared ? `${first}_${origin.call}` : first, ...rest].join("_");
  },
  (origin, shared) => {
    const path = pathOf(origin).join("_");
    return shared ? `${path}_${origin.call}` : path;
  },
  ({ layer }) => layer,
  (origin) => pathOf(origin).at(-1) ?? "",
];

/** The models around a layer, and its own name, which may have slashes itself. */
function pathOf({ layer, config }: Origin): readonly string[] {
  const { name } = config;
  const own = typeof name === "string" && layer.endsWith(name) ? name : layer;
  return [
    ...layer
      .slice(0, layer.length - own.length)
      .split("/")
      .slice(0, -1),
    own,
  ];
}

/** Blobs by the key of the layer that makes them; `loose` are those of layers of other names. */
interface KeyedBlobs {
  readonly leaving: BlobsByKey;
  readonly loose: BlobsByKey;
  /** Keys that the name of some layer has. */
  readonly named: ReadonlySet<string>;
}

type BlobsByKey = ReadonlyMap<string, ReadonlySet<string>>;

function blobsByKey(
  { layers, results, scoped }: Wiring,
  words: ReadonlyMap<string, string>,
  inputs: ReadonlyMap<string, string>,
): KeyedBlobs {
  const makers = new Map(inputs);
  const leaving = new Set(results);
  const loose = new Map<string, Set<string>>();
  const named = new Set<string>();
  for (const layer of layers) {
    const { inputs: reads, outputs, effect } = layer;
    const [first = ""] = reads;
    const own = keyOfLayer(layer, words, scoped);
    if (own !== undefined) named.add(own);
    const key = own ?? makers.get(first) ?? "";
    for (const blob of reads) if (makers.get(blob) !== key) leaving.add(blob);
    for (const blob of outputs) {
      makers.set(blob, key);
      if (own === undefined && effect !== "moves") addTo(loose, key, blob);
    }
  }
  const result = new Map<string, Set<string>>();
  // Where names are made up, the last layer of a key may be the next one's.
  for (const [blob, key] of makers) if (scoped || leaving.has(blob)) addTo(result, key, blob);
  return { leaving: result, loose, named };
}

/** What of each input enters the network: of a picture its pixels after nameless layers that scale and shift them. */
function enteringBlobs(
  { inputs, layers, scoped }: Wiring,
  words: ReadonlyMap<string, string>,
  keys: ReadonlyMap<string, string>,
): BlobsByKey {
  const prepared = new Map(keys);
  const result = new Map<string, Set<string>>();
  for (const { name = "", type } of inputs) {
    if (type?.imageType === undefined) addTo(result, keys.get(name) ?? "", name);
  }
  for (const layer of layers) {
    const key = prepared.get(layer.inputs[0] ?? "");
    const isNamed = keyOfLayer(layer, words, scoped) !== undefined;
    if (key !== undefined && !isNamed && layer.effect !== "computes") {
      for (const blob of layer.outputs) prepared.set(blob, key);
      continue;
    }
    for (const blob of layer.inputs) {
      const source = prepared.get(blob);
      if (source !== undefined) addTo(result, source, blob);
    }
  }
  return result;
}

/** Where a converter moved a layer's axes, only the result still has its name. */
function keyOfLayer(
  { name, outputs: [result = ""] }: WiredLayer,
  words: ReadonlyMap<string, string>,
  scoped: boolean,
): string | undefined {
  const own = keyOfName(name, words, scoped);
  return own === undefined && scoped ? keyOfName(result, words, scoped) : own;
}

function addTo(sets: Map<string, Set<string>>, key: string, blob: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(blob));
}

/**
 * For each Keras layer that no Core ML layer is named after: the blobs of nameless layers behind the layers that it
 * reads, of which one may be its own.
 */
function looseBlobs(graph: Graph, { loose, named }: KeyedBlobs): BlobsByKey {
  const sources = new Map<string, ReadonlySet<string>>();
  const makers = new Map(graph.inputs.map(({ name, value }) => [value, inputKey(name)]));
  const result = new Map<string, Set<string>>();
  for (const { origin, inputs, outputs } of graph.nodes) {
    const key = keyOf(origin);
    const found = inputs.flatMap((value) => {
      const maker = makers.get(value) ?? "";
      return maker === key || sources.has(maker) ? [...(sources.get(maker) ?? [])] : [maker];
    });
    for (const value of outputs) makers.set(value, key);
    if (named.has(key)) continue;
    sources.set(key, new Set([...(sources.get(key) ?? []), ...found]));
    for (const source of found) {
      for (const blob of loose.get(source) ?? []) addTo(result, key, blob);
    }
  }
  return result;
}

/**
 * The longest word that the name is, or begins with before a `_`. In a program the name may begin with that of the
 * model around the layer (`model_conv1_Conv2D`).
 */
function keyOfName(
  name: string,
  words: ReadonlyMap<string, string>,
  scoped: boolean,
): string | undefined {
  for (let end = name.length; end > 0; end = name.lastIndexOf("_", end - 1)) {
    const key = words.get(name.slice(0, end));
    if (key !== undefined) return key;
  }
  const scope = name.indexOf("_");
  return scoped && scope >= 0 ? keyOfName(name.slice(scope + 1), words, scoped) : undefined;
}

import type { Graph, GraphPort, Node, ValueId } from "../ir/graph.ts";
import { mixesSamples } from "../ir/mixes-samples.ts";
import type { OpKind } from "../ir/ops/index.ts";
import { dropUnused, producersOf, withNodes } from "../ir/rewrite.ts";
import { isTrained, trainableRoles } from "../ir/trainable-roles.ts";
import { measureActivities } from "./measure-activities.ts";

/** A model in two parts. */
export interface SplitModel {
  /** Up to the cut: what no training changes. Its outputs are called like the values that they carry. */
  readonly base: Graph;
  /**
   * From the cut on, with the model's training and penalties; its weights are the model's own references. An input is an output of
   * the base of the same name, or one of the model's own inputs under the model's name.
   */
  readonly tail: Graph;
}

/** How a model is cut. */
export interface SplitOptions {
  /** What frozen batch normalisations go by while training: a cut cannot go behind those that go by the batch. */
  readonly frozenNorm: "batch" | "stored";
}

/**
 * Cuts a model where everything before gives the same numbers for the same sample, step after step: no trained weights, nothing
 * random, nothing that looks at the rest of the batch. The cut is as late as possible, except that steps that only make a
 * value larger come behind it. Undefined where no weights are before the cut or none is trained behind it.
 */
export function splitFrozen(whole: Graph, options: SplitOptions): SplitModel | undefined {
  const graph = measureActivities(whole);
  const tailNodes = chooseTail(graph, options);
  const made = new Set(tailNodes.flatMap(({ outputs }) => outputs));
  const read = new Set([...tailNodes.flatMap(({ inputs }) => inputs), ...wantedOf(graph)]);
  const own = graph.inputs.filter(({ value }) => read.has(value));
  const cut: readonly GraphPort[] = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((value) => read.has(value) && !made.has(value))
    .map((value) => ({ name: value, value }));
  const { training, penalties, constraints, ...plain } = graph;
  const base = dropUnused(withNodes(plain, graph.nodes, cut));
  if (!base.nodes.some((node) => trainableRoles(node).length > 0)) return undefined;
  if (!tailNodes.some(isTrained)) return undefined;
  return { base, tail: withNodes({ ...graph, inputs: [...own, ...cut] }, tailNodes) };
}

/** The nodes behind the cut in running order; some may be computed before it too. */
function chooseTail(graph: Graph, options: SplitOptions): readonly Node[] {
  const before = frozenNodes(graph, options);
  const varying = varyingValues(graph);
  const tail = new Set(graph.nodes.filter((node) => !before.has(node)));
  const read = new Set(wantedOf(graph));
  // Readers come after what they read, so that one walk from the end sees them all.
  for (const node of [...graph.nodes].reverse()) {
    const handed = node.outputs.filter((value) => read.has(value));
    if (!tail.has(node)) {
      if (handed.length === 0) continue;
      const constant = !node.outputs.some((value) => varying.has(value));
      if (!constant && !isBetterBehind(graph, node, { handed, read, varying })) continue;
      tail.add(node);
    }
    for (const value of node.inputs) read.add(value);
  }
  return graph.nodes.filter((node) => tail.has(node));
}

/** What is wanted of a model: its outputs, and what they add to the loss. */
function wantedOf({ outputs, penalties }: Graph): readonly ValueId[] {
  return [...outputs.map(({ value }) => value), ...(penalties?.sums ?? [])];
}

/** Nodes that give the same for a sample whenever it comes. */
function frozenNodes(graph: Graph, { frozenNorm }: SplitOptions): ReadonlySet<Node> {
  const producers = producersOf(graph);
  const frozen = new Set<Node>();
  for (const node of graph.nodes) {
    const fixed = node.inputs.every((value) => {
      const producer = producers.get(value);
      return producer === undefined || frozen.has(producer);
    });
    if (fixed && !isTrained(node) && !changes(node, frozenNorm)) frozen.add(node);
  }
  return frozen;
}

/** Whether what a node gives for a sample is another thing in each step, its weights being the same. */
function changes({ op, origin }: Node, frozenNorm: SplitOptions["frozenNorm"]): boolean {
  if (op.kind === "batchNorm") return origin.trainable || frozenNorm === "batch";
  const drops = op.kind === "recurrent" || op.kind === "convLstm" ? op.dropout : undefined;
  return op.kind === "noise" ? op.rate !== 0 : drops !== undefined || mixesSamples(op);
}

/** Values that depend on an input; the others have no samples. */
function varyingValues(graph: Graph): ReadonlySet<ValueId> {
  const varying = new Set(graph.inputs.map(({ value }) => value));
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.some((value) => varying.has(value))) for (const value of outputs) varying.add(value);
  }
  return varying;
}

/** Ops that cost nothing beside the numbers that they move. */
const CHEAP: ReadonlySet<OpKind> = new Set<OpKind>([
  "concat",
  "embedding",
  "pad",
  "repeat",
  "resize",
]);

interface Cut {
  /** Outputs of the node that are read behind the cut. */
  readonly handed: readonly ValueId[];
  /** All that is read behind the cut so far. */
  readonly read: ReadonlySet<ValueId>;
  readonly varying: ReadonlySet<ValueId>;
}

/** Where features are no numbers, or where fewer go in than come out. */
function isBetterBehind(graph: Graph, node: Node, { handed, read, varying }: Cut): boolean {
  if (handed.some((value) => graph.types.get(value)?.dtype !== "float32")) return true;
  if (!CHEAP.has(node.op.kind)) return false;
  const needed = new Set(node.inputs.filter((value) => varying.has(value) && !read.has(value)));
  return total(graph, [...needed]) < total(graph, handed);
}

/** Numbers of a sample. */
function total(graph: Graph, values: readonly ValueId[]): number {
  return values.reduce((sum, value) => sum + numbersOf(graph, value), 0);
}

/** A size that is not known counts as one of pictures. */
const FREE = 64;

function numbersOf({ types }: Graph, value: ValueId): number {
  const [, ...sample] = types.get(value)?.shape ?? [];
  return sample.reduce<number>((size, dim) => size * (dim ?? FREE), 1);
}

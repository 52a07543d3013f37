import type { ActivityPenalty, Graph, Node, ValueId } from "../ir/graph.ts";
import type { Op } from "../ir/ops/index.ts";
import { producersOf, withNodes } from "../ir/rewrite.ts";
import { filledWeight } from "../weights/constant.ts";

/**
 * Makes what regularizers of outputs add to the loss values of the graph: one number for each sample, from nodes behind those that make
 * the outputs. The graph itself where there is nothing to measure. No node reads the sums: who wants them asks for
 * `penalties.sums` as outputs.
 */
export function measureActivities(graph: Graph): Graph {
  const { penalties } = graph;
  if (penalties === undefined || penalties.activities.length === 0) return graph;
  const producers = producersOf(graph);
  const origins = new Map(graph.nodes.map(({ origin }) => [origin.layer, origin]));
  const behind = new Map<Node | undefined, Node[]>();
  const sums = [...(penalties.sums ?? [])];
  penalties.activities.forEach((penalty, index) => {
    const producer = producers.get(penalty.value);
    const origin = origins.get(penalty.layer) ?? producer?.origin;
    if (origin === undefined) return;
    const nodes = nodesOf(penalty, graph, `${penalty.layer}/activity_${index}`);
    sums.push(`${penalty.layer}/activity_${index}`);
    const own = behind.get(producer) ?? [];
    behind.set(producer, own);
    own.push(...nodes.map((node) => ({ ...node, origin: { ...origin, trainable: false } })));
  });
  const nodes = [
    ...(behind.get(undefined) ?? []),
    ...graph.nodes.flatMap((node) => [node, ...(behind.get(node) ?? [])]),
  ];
  return withNodes({ ...graph, penalties: { ...penalties, activities: [], sums } }, nodes);
}

/** A graph whose sums are its last outputs, after `measureActivities`. */
export function withSums(graph: Graph): Graph {
  const sums = graph.penalties?.sums ?? [];
  const outputs = [...graph.outputs, ...sums.map((value) => ({ name: value, value }))];
  return sums.length === 0 ? graph : { ...graph, outputs };
}

type Step = Omit<Node, "origin">;

/** `l1 · Σ|x|` and `l2 · Σx²` of each sample; of axes that count as samples the mean. */
function nodesOf(
  { value, l1, l2, steps }: ActivityPenalty,
  { types }: Graph,
  name: ValueId,
): readonly Step[] {
  const nodes: Step[] = [];
  const add = (op: Op, ...inputs: readonly ValueId[]): ValueId => {
    const id = `${name}/${nodes.length}`;
    nodes.push({ id, op, inputs, outputs: [id] });
    return id;
  };
  const reduce = (fn: "sum" | "mean", axes: readonly number[], x: ValueId): ValueId =>
    axes.length === 0 ? x : add({ kind: "reduce", fn, axes, keepDims: false, weights: {} }, x);
  const rank = types.get(value)?.shape.length ?? 1;
  const part = (fn: "abs" | "square", strength: number): readonly ValueId[] => {
    if (strength === 0) return [];
    const numbers = add({ kind: "unary", fn, weights: {} }, value);
    const sums = reduce("sum", axesFrom(1 + steps, rank), numbers);
    const ofSamples = reduce("mean", axesFrom(1, 1 + steps), sums);
    const scale = filledWeight(`activity_regularizer(${strength})`, [1], strength);
    const weights = { scale: { ...scale, constant: true } as const };
    return [add({ kind: "affine", weights }, ofSamples)];
  };
  const [first = value, second] = [...part("abs", l1), ...part("square", l2)];
  if (second !== undefined) add({ kind: "merge", fn: "add", weights: {} }, first, second);
  const last = nodes.at(-1);
  return last === undefined ? [] : [...nodes.slice(0, -1), { ...last, id: name, outputs: [name] }];
}

function axesFrom(first: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}

import type { Graph, Node, ValueId } from "../ir/graph.ts";
import type { BatchNormOp } from "../ir/ops/norm.ts";
import type { WeightRef } from "../ir/tensor.ts";
import { dropInferenceNoops } from "../passes/drop-inference-noops.ts";
import { filledWeight } from "../weights/constant.ts";
import { mapWeight } from "../weights/map.ts";
import { normalOps } from "./normal-ops.ts";
import type { DiffLayer, DiffSide, DiffWeight } from "./side.ts";

/** How the layers of a graph are called and told apart. */
export interface GraphNaming {
  /** The layer of the comparison that a layer of the graph belongs to. */
  nameOf(layer: string): string;
  trainable(node: Node): boolean;
  /** Bits of a layer's numbers where they are quantised. */
  bitsOf(layer: string): number | undefined;
}

/** Layers, inputs and outputs of a graph, in words that do not depend on its format: for inference, without dropout. */
export function graphSide(
  graph: Graph,
  naming: GraphNaming,
): Pick<DiffSide, "layers" | "inputs" | "outputs"> {
  const lean = dropInferenceNoops(graph);
  const groups = new Map<string, Node[]>();
  const makers = new Map<ValueId, string>();
  for (const node of lean.nodes) {
    const name = naming.nameOf(node.origin.layer);
    groups.set(name, [...(groups.get(name) ?? []), node]);
    for (const value of node.outputs) makers.set(value, name);
  }
  const inputs = new Map(lean.inputs.map(({ value }, at) => [value, `(input ${at + 1})`]));
  const feeder = (value: ValueId): string => makers.get(value) ?? inputs.get(value) ?? "";
  const layers = [...groups].map(([name, nodes]): DiffLayer => {
    const weights = weightsOf(nodes, naming);
    const feeders = nodes.flatMap((node) => node.inputs.map(feeder));
    return {
      name,
      className: nodes[0]?.origin.className ?? "",
      trainable: weights.length === 0 || nodes.some((node) => naming.trainable(node)),
      config: {},
      computes: normalOps(lean, nodes),
      inputs: [...new Set(feeders)].filter((one) => one !== name),
      weights,
    };
  });
  return { layers, ...portsOf(graph) };
}

/** Arrays of all steps by their roles; of a second call with its number. */
function weightsOf(nodes: readonly Node[], { bitsOf }: GraphNaming): readonly DiffWeight[] {
  const counts = new Map<string, number>();
  return nodes.flatMap(({ op, origin }) => {
    const bits = bitsOf(origin.layer);
    const refs: readonly (readonly [string, WeightRef])[] =
      op.kind === "batchNorm" ? effective(op) : Object.entries(op.weights);
    return refs.flatMap(([role, ref]): readonly DiffWeight[] => {
      if (ref === undefined) return [];
      const count = (counts.get(role) ?? 0) + 1;
      counts.set(role, count);
      const called = count === 1 ? role : `${role} (${count})`;
      const computed = COMPUTED.has(op.kind) ? { computed: true } : {};
      return [{ role: called, ref, ...computed, ...(bits === undefined ? {} : { bits }) }];
    });
  });
}

/** Numbers that converters put together from others. */
const COMPUTED: ReadonlySet<string> = new Set(["batchNorm", "affine"]);

/** What a batch normalisation does, however its four arrays and epsilon say it. */
function effective({ weights, epsilon }: BatchNormOp): readonly (readonly [string, WeightRef])[] {
  const { mean, variance } = weights;
  const gamma = weights.gamma ?? filledWeight("one", mean.shape, 1);
  const beta = weights.beta ?? filledWeight("zero", mean.shape, 0);
  const scale = (spread = NONE, factor = NONE) =>
    spread.map((value, at) => (factor[at] ?? 0) / Math.sqrt(value + epsilon));
  const shift = (factors = NONE, centre = NONE, offset = NONE) =>
    factors.map((value, at) => (offset[at] ?? 0) - (centre[at] ?? 0) * value);
  const factors = mapWeight(`scale${epsilon}`, [variance, gamma], mean.shape, scale);
  return [
    ["scale", factors],
    ["shift", mapWeight("shift", [factors, mean, beta], mean.shape, shift)],
  ];
}

const NONE: Float64Array = new Float64Array();

function portsOf(graph: Graph): Pick<DiffSide, "inputs" | "outputs"> {
  const port = ({ name, value }: Graph["inputs"][number]) => ({
    name,
    shape: graph.types.get(value)?.shape ?? [],
  });
  return { inputs: graph.inputs.map(port), outputs: graph.outputs.map(port) };
}

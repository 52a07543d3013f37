import { createDiagnostics, throwIfErrors } from "../../errors.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { OpKind } from "../../ir/ops/index.ts";
import { consumersOf } from "../../ir/rewrite.ts";
import { fusable } from "./activation-function.ts";
import type { FusedActivation } from "./forward.ts";
import { forwards } from "./forwards.ts";

/** One node to run. */
export interface Step {
  readonly node: Node;
  /** Values that it makes: those of the node, or of the activation that its kernel applies. */
  readonly outputs: readonly ValueId[];
  readonly activation: FusedActivation;
  /** Values that nothing reads any more once it has run. */
  readonly release: readonly ValueId[];
}

/** The order of the work, with every value's end known beforehand. Throws `unsupported` with every layer that has no meaning here. */
export function planSteps(graph: Graph): readonly Step[] {
  refuseUnsupported(graph);
  const fused = fusedActivations(graph);
  const swallowed = new Set([...fused.values()].map(({ id }) => id));
  const steps = graph.nodes
    .filter(({ id }) => !swallowed.has(id))
    .map((node) => {
      const activation = fused.get(node.id);
      const outputs = activation?.outputs ?? node.outputs;
      return { node, outputs, activation: activation?.activation ?? ("linear" as const) };
    });
  const last = new Map<ValueId, number>();
  steps.forEach(({ node, outputs }, index) => {
    for (const value of [...node.inputs, ...outputs]) last.set(value, index);
  });
  const kept = new Set(graph.outputs.map(({ value }) => value));
  return steps.map((step, index) => {
    const touched = new Set([...step.node.inputs, ...step.outputs]);
    const release = [...touched].filter((value) => last.get(value) === index && !kept.has(value));
    return { ...step, release };
  });
}

/** Ops whose kernels apply an activation to their own result. */
const FUSING: ReadonlySet<OpKind> = new Set<OpKind>(["conv", "depthwiseConv", "dense"]);

interface FusedNode {
  readonly id: string;
  readonly outputs: readonly ValueId[];
  readonly activation: FusedActivation;
}

/** Activations that follow a kernel alone, by the id of its node. */
function fusedActivations(graph: Graph): ReadonlyMap<string, FusedNode> {
  const consumers = consumersOf(graph);
  const visible = new Set(graph.outputs.map(({ value }) => value));
  const fused = new Map<string, FusedNode>();
  for (const node of graph.nodes) {
    const [value = ""] = node.outputs;
    const readers = consumers.get(value) ?? [];
    const [reader] = readers;
    if (!FUSING.has(node.op.kind) || visible.has(value) || readers.length !== 1) continue;
    if (reader?.op.kind !== "activation") continue;
    const activation = fusable(reader.op.activation);
    if (activation === undefined) continue;
    fused.set(node.id, { id: reader.id, outputs: reader.outputs, activation });
  }
  return fused;
}

function refuseUnsupported(graph: Graph): void {
  const log = createDiagnostics();
  for (const { op, origin } of graph.nodes) {
    const forward = forwards[op.kind];
    if (!("unsupported" in forward)) continue;
    const at = { layer: origin.layer, className: origin.className };
    log.error({ code: "unsupported", text: forward.unsupported, at });
  }
  throwIfErrors(log);
}

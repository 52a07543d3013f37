import { createDiagnostics, throwIfErrors } from "../../../errors.ts";
import type { Graph, ValueId } from "../../../ir/graph.ts";
import type { OpKind, OpOf } from "../../../ir/ops/index.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { isTrained, trainableRoles } from "../../../ir/trainable-roles.ts";
import type { Reads } from "../backward/backward.ts";
import { backwards } from "../backward/backwards.ts";
import { planSteps, type Step } from "../plan.ts";

/** One node on the way there and on the way back. */
export interface TrainingStep {
  readonly step: Step;
  /** Values that neither a later node nor the way back reads. */
  readonly releaseForward: readonly ValueId[];
  /** What is done on the way back; undefined where no gradient goes. */
  readonly back: BackStep | undefined;
}

/** One node on the way back. */
export interface BackStep {
  /** Whether its weights are trained. */
  readonly trains: boolean;
  /** Inputs whose gradients an earlier node reads. */
  readonly wants: readonly boolean[];
  /** Values that are computed again before it, by the steps that made them. */
  readonly again: readonly ValueId[];
  /** Values that nothing reads any more once it has passed its gradient on. */
  readonly release: readonly ValueId[];
}

/** The order of a training step, with every value's end known beforehand. */
export interface TrainingPlan {
  readonly graph: Graph;
  readonly steps: readonly TrainingStep[];
  /** Trained weights, in the order of the model: that of its nodes, kernels before biases. */
  readonly weights: readonly PlannedWeight[];
}

/** A weight that is trained. */
export interface PlannedWeight {
  readonly ref: WeightRef;
  /** As `conv1/kernel`. */
  readonly name: string;
}

/**
 * Plans the training of a graph: which nodes a gradient passes, what they read again on the way back, and when it can
 * go. Throws `unsupported` with every layer on that way that cannot be trained through.
 */
export function planTraining(graph: Graph): TrainingPlan {
  const steps = planSteps(graph);
  const carriers = new Set<ValueId>();
  const active = steps.map((step) => {
    const { node, outputs } = step;
    const passes = isTrained(node) || node.inputs.some((value) => carriers.has(value));
    if (passes) for (const value of outputs) carriers.add(value);
    return passes;
  });
  refuseUntrainable(steps, active);
  const lastBack = lastBackwardReaders(steps, active);
  const outputs = new Set(graph.outputs.map(({ value }) => value));
  return {
    graph,
    weights: trainedWeights(graph),
    steps: steps.map((step, index) => ({
      step,
      releaseForward: step.release.filter((value) => !lastBack.has(value)),
      back: active[index]
        ? {
            trains: isTrained(step.node),
            wants: step.node.inputs.map((value) => carriers.has(value)),
            again: [],
            release: [...lastBack].flatMap(([value, last]) =>
              last === index && !outputs.has(value) ? [value] : [],
            ),
          }
        : undefined,
    })),
  };
}

/** The values whose numbers a node reads on the way back. */
export function backwardReads({ node, outputs, activation }: Step): readonly ValueId[] {
  const reads = readsOf(node.op.kind, node.op);
  const inputsRead = reads === "inputs" || reads === "inputs and output" ? node.inputs : [];
  const outputRead = activation !== "linear" || reads === "output" || reads === "inputs and output";
  return [...inputsRead, ...(outputRead ? outputs : [])];
}

function trainedWeights(graph: Graph): readonly PlannedWeight[] {
  const found = new Map<string, PlannedWeight>();
  for (const node of graph.nodes) {
    if (!node.origin.trainable) continue;
    for (const [role, ref] of trainableRoles(node)) {
      const name = `${node.origin.layer}/${role}`;
      if (!found.has(ref.id)) found.set(ref.id, { ref, name });
    }
  }
  return [...found.values()];
}

/** For each value that the way back reads, the step that reads it last: the earliest one. */
function lastBackwardReaders(
  steps: readonly Step[],
  active: readonly boolean[],
): ReadonlyMap<ValueId, number> {
  const last = new Map<ValueId, number>();
  steps.forEach((step, index) => {
    if (!active[index]) return;
    for (const value of backwardReads(step)) if (!last.has(value)) last.set(value, index);
  });
  return last;
}

function readsOf<K extends OpKind>(kind: K, op: OpOf<K>): Reads {
  const backward = backwards[kind];
  return "unsupported" in backward ? "nothing" : backward.reads(op);
}

function refuseUntrainable(steps: readonly Step[], active: readonly boolean[]): void {
  const log = createDiagnostics();
  steps.forEach(({ node }, index) => {
    const backward = backwards[node.op.kind];
    const why = active[index] && "unsupported" in backward ? backward.unsupported : otherwise(node);
    if (why === undefined) return;
    const at = { layer: node.origin.layer, className: node.origin.className };
    log.error({ code: "unsupported", text: why, at });
  });
  throwIfErrors(log);
}

/** What a layer does in training, and not here. */
function otherwise({ op }: Step["node"]): string | undefined {
  return op.kind === "noise" && op.fn === "augmentation"
    ? "random changes within the model are not done while training here."
    : undefined;
}

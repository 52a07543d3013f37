import type { ValueId } from "../../../ir/graph.ts";
import type { Step } from "../plan.ts";
import { sizeOfSample } from "./memory.ts";
import { backwardReads, type TrainingPlan, type TrainingStep } from "./training-plan.ts";

/** What is made again: joins and borders, which cost next to nothing, or rectified normalisations and sums too. */
export type MadeAgain = "joins" | "all";

/**
 * The same training in less memory: what is cheap to make is let go on the way there and made again on the way back, out
 * of what is kept anyway. All joins and borders, and of the rest no more than a share of all that is kept.
 */
export function planRecomputing(
  plan: TrainingPlan,
  made: MadeAgain = "all",
  share = 1,
): TrainingPlan {
  const known: Known = {
    steps: plan.steps,
    makers: new Map(plan.steps.flatMap(({ step }, at) => step.outputs.map((value) => [value, at]))),
    last: new Map(
      plan.steps.flatMap(({ back }, at) => (back?.release ?? []).map((value) => [value, at])),
    ),
  };
  const first = firstBackwardReaders(plan.steps);
  const again = chosen(plan, known, { made, share });
  const { last } = known;
  // From the last made to the first: what a value is made of may be made again itself, and is needed as early.
  for (const value of [...again].reverse()) {
    const at = first.get(value) ?? 0;
    for (const source of sourcesOf(value, known, again)) {
      last.set(source, Math.min(last.get(source) ?? at, at));
      first.set(source, Math.max(first.get(source) ?? at, at));
    }
  }
  const steps = plan.steps.map((one, index) => replanned(one, index, { first, last, again }));
  return { ...plan, steps };
}

interface Known {
  readonly steps: readonly TrainingStep[];
  /** The step that makes a value. */
  readonly makers: ReadonlyMap<ValueId, number>;
  /** The step that reads a value last on the way back: the earliest one. */
  readonly last: Map<ValueId, number>;
}

interface Ends extends Pick<Known, "last"> {
  /** The step that reads a value first on the way back: the latest one. */
  readonly first: ReadonlyMap<ValueId, number>;
  readonly again: ReadonlySet<ValueId>;
}

interface Choice {
  readonly made: MadeAgain;
  readonly share: number;
}

/** The values to make again, in the order of the steps that make them. */
function chosen(
  { graph, steps }: TrainingPlan,
  known: Known,
  { made, share }: Choice,
): ReadonlySet<ValueId> {
  const visible = new Set(graph.outputs.map(({ value }) => value));
  const again = new Set<ValueId>();
  let rest = share * [...known.last.keys()].reduce((sum, one) => sum + sizeOfSample(graph, one), 0);
  for (const { step } of steps) {
    const [value = ""] = step.outputs;
    if (!known.last.has(value) || visible.has(value)) continue;
    const { kind } = step.node.op;
    const isJoin = kind === "concat" || kind === "pad";
    if (!isJoin && (made === "joins" || rest <= 0)) continue;
    if (!isCheap(step, known, again)) continue;
    again.add(value);
    if (!isJoin) rest -= sizeOfSample(graph, value);
  }
  return again;
}

function isCheap(step: Step, { steps, makers, last }: Known, again: ReadonlySet<ValueId>): boolean {
  const { op, inputs } = step.node;
  const makerOf = (value: ValueId): TrainingStep | undefined => steps[makers.get(value) ?? -1];
  const isActiveNorm = (value: ValueId): boolean => {
    const maker = makerOf(value);
    return maker?.back !== undefined && maker.step.node.op.kind === "batchNorm";
  };
  const isJoinedAgain = (value: ValueId): boolean =>
    again.has(value) && makerOf(value)?.step.node.op.kind === "concat";
  // Of what is kept itself: sums of sums would be made again from the first one on.
  const isSum = (value: ValueId): boolean => {
    const sum = makerOf(value)?.step.node;
    if (sum?.op.kind !== "merge" || sum.op.fn !== "add") return false;
    return sum.inputs.every((one) => (last.has(one) && !again.has(one)) || isActiveNorm(one));
  };
  switch (op.kind) {
    case "concat":
      // Joins of joins would all be there at once.
      return inputs.some((value) => last.has(value)) && !inputs.some(isJoinedAgain);
    case "pad":
      return true;
    case "batchNorm":
      return isActiveNorm(step.outputs[0] ?? "");
    case "activation": {
      const { activation } = op;
      const plain = activation.fn === "relu" && activation.negativeSlope === 0;
      return (
        plain && inputs.every((value) => last.has(value) || isActiveNorm(value) || isSum(value))
      );
    }
    default:
      return false;
  }
}

/** The kept values that a value is made of; a normalisation or a sum that nobody keeps is made on the way. */
function sourcesOf(value: ValueId, known: Known, again: ReadonlySet<ValueId>): readonly ValueId[] {
  const { step } = known.steps[known.makers.get(value) ?? -1] ?? {};
  return (step?.node.inputs ?? []).flatMap((input) => {
    const maker = known.steps[known.makers.get(input) ?? -1]?.step;
    const kind = maker?.node.op.kind;
    const passing = (kind === "batchNorm" || kind === "merge") && !known.last.has(input);
    return passing && !again.has(input) ? sourcesOf(input, known, again) : [input];
  });
}

function firstBackwardReaders(steps: readonly TrainingStep[]): Map<ValueId, number> {
  const first = new Map<ValueId, number>();
  steps.forEach(({ step, back }, index) => {
    if (back !== undefined) for (const value of backwardReads(step)) first.set(value, index);
  });
  return first;
}

function replanned(
  { step, back }: TrainingStep,
  index: number,
  { first, last, again }: Ends,
): TrainingStep {
  const endsHere = [...last].flatMap(([value, at]) => (at === index ? [value] : []));
  return {
    step,
    releaseForward: step.release.filter((value) => !last.has(value) || again.has(value)),
    back: back && {
      ...back,
      again: [...again].filter((value) => first.get(value) === index),
      release: endsHere,
    },
  };
}

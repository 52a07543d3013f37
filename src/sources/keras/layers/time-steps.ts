import type { GraphBuilder } from "../../../ir/build.ts";
import type { Origin, ValueId } from "../../../ir/graph.ts";
import type { Op } from "../../../ir/ops/index.ts";
import type { Dim } from "../../../ir/tensor.ts";

/** Every step is a layer with weights of its own in the formats written, so that many would make files nobody can load. */
export const MOST_STEPS = 100;

/**
 * Applies an op to each of `count` time steps apart, and joins what comes out: for ops that cannot be told to leave the time axis
 * alone, such as a recurrent layer inside of `TimeDistributed`. Undefined for ops that no step can stand for.
 */
export function addToEachStep(
  build: GraphBuilder,
  op: Op,
  inputs: readonly ValueId[],
  { count, origin }: { readonly count: number; readonly origin: Origin },
): readonly ValueId[] | undefined {
  const shapes = inputs.map((input) => build.typeOf(input).shape);
  const stepwise = shapes.every(
    (shape) => shape[1] === count && shape.slice(2).every((dim) => dim !== null),
  );
  if (op.kind === "custom" || !stepwise || count > MOST_STEPS) return undefined;
  const steps = Array.from({ length: count }, (_, at) => {
    const parts = inputs.map((input) => takeStep(build, input, at, origin));
    return build.add(op, parts, origin).map((output) => withTime(build, output, origin));
  });
  const [first = []] = steps;
  return first.map((_, output) => {
    const parts = steps.map((outputs) => outputs[output] ?? "");
    return one(build, { kind: "concat", axis: 1, weights: {} }, parts, origin);
  });
}

function takeStep(build: GraphBuilder, input: ValueId, at: number, origin: Origin): ValueId {
  const { shape } = build.typeOf(input);
  const along = <T>(time: T, others: T): readonly T[] =>
    shape.map((_, axis) => (axis === 1 ? time : others));
  const part = one(
    build,
    {
      kind: "slice",
      starts: along(at, 0),
      ends: along<Dim>(at + 1, null),
      steps: along(1, 1),
      weights: {},
    },
    [input],
    origin,
  );
  return one(build, { kind: "reshape", shape: shape.slice(2), weights: {} }, [part], origin);
}

function withTime(build: GraphBuilder, value: ValueId, origin: Origin): ValueId {
  const shape = [1, ...build.typeOf(value).shape.slice(1)];
  return one(build, { kind: "reshape", shape, weights: {} }, [value], origin);
}

function one(build: GraphBuilder, op: Op, inputs: readonly ValueId[], origin: Origin): ValueId {
  const [value = ""] = build.add(op, inputs, origin);
  return value;
}

import * as tf from "@tensorflow/tfjs-core";
import type { Op, OpKind, OpOf } from "../../../../src/ir/ops/index.ts";
import { readFloat64, sizeOf, type WeightRef } from "../../../../src/ir/tensor.ts";
import type {
  BackwardStep,
  Gradients,
  Reads,
} from "../../../../src/targets/tfjs/backward/backward.ts";
import { backwards } from "../../../../src/targets/tfjs/backward/backwards.ts";
import type { Computed, WeightLookup } from "../../../../src/targets/tfjs/forward.ts";
import { forwards } from "../../../../src/targets/tfjs/forwards.ts";
import { run } from "../../../../src/verify/graph/evaluate.ts";
import type { Tensor } from "../../../../src/verify/graph/tensor.ts";
import { constantWeight } from "../../../../src/weights/constant.ts";
import { weight } from "../../coreml-nn/build-graph.ts";

/** A gradient that was computed, and the one that differences of the float64 evaluator give. */
export interface Compared {
  readonly of: string;
  /** The largest difference, relative to the largest number where that is above 1. */
  readonly error: number;
  readonly size: number;
}

/** How an op runs in float64; replaced where training computes something else than the evaluator. */
export type Reference = (op: Op, inputs: readonly Tensor[]) => Tensor;

export interface ComparedOp {
  readonly op: Op;
  /** Batch included. */
  readonly shapes: readonly (readonly number[])[];
  readonly reference?: Reference;
  readonly forward?: (op: Op, inputs: readonly tf.Tensor[], weightOf: WeightLookup) => Computed;
  /** Weights that are not trained. */
  readonly still?: readonly string[];
  /** Numbers of the inputs that must be particular ones, by their place; no gradient goes through them. */
  readonly given?: readonly (readonly number[] | undefined)[];
}

const STEP = 1e-5;

/** All gradients of an op on the active backend beside central differences in float64. */
export function compareGradients(compared: ComparedOp): readonly Compared[] {
  const { op, shapes, still = [], given = [] } = compared;
  const inputs = shapes.map((shape, index) => {
    const numbers = given[index];
    return numbers === undefined
      ? numbersOf(`x${index}`, shape)
      : { shape, data: Float64Array.from(numbers) };
  });
  const output = referenceOf(compared)(op, inputs);
  const direction = numbersOf("direction", output.shape);
  const { inputs: back, weights } = gradientsOf(compared, inputs, direction);
  const scalar = (changed: Op, given: readonly Tensor[]): number =>
    referenceOf(compared)(changed, given).data.reduce(
      (sum, value, i) => sum + value * (direction.data[i] ?? 0),
      0,
    );
  const ofInputs = inputs.flatMap((input, index) => {
    if (given[index] !== undefined) return [];
    const slopes = differences(input.data, (data) =>
      scalar(op, inputs.with(index, { shape: input.shape, data })),
    );
    return [apart(`input ${index}`, back[index] ?? new Float32Array(0), slopes)];
  });
  const roles = Object.entries<WeightRef>(op.weights).filter(([role]) => !still.includes(role));
  const ofWeights = roles.map(([role, ref]) => {
    const slopes = differences(readFloat64(ref), (data) =>
      scalar(withWeight(op, role, constantWeight(ref.id, ref.shape, data)), inputs),
    );
    return apart(role, weights.get(ref.id) ?? new Float32Array(0), slopes);
  });
  return [...ofInputs, ...ofWeights];
}

function referenceOf({ reference }: ComparedOp): Reference {
  return (
    reference ?? ((op, inputs) => run(op, inputs)[0] ?? { shape: [], data: new Float64Array() })
  );
}

function withWeight(op: Op, role: string, ref: WeightRef): Op {
  return Object.assign({}, op, { weights: { ...op.weights, [role]: ref } });
}

interface Found {
  readonly inputs: readonly (ArrayLike<number> | undefined)[];
  readonly weights: ReadonlyMap<string, ArrayLike<number>>;
}

function gradientsOf(
  { op, forward }: ComparedOp,
  inputs: readonly Tensor[],
  direction: Tensor,
): Found {
  const before = tf.memory().numTensors;
  const found: { inputs: Found["inputs"]; weights: Found["weights"] } = {
    inputs: [],
    weights: new Map(),
  };
  tf.tidy(() => {
    const upload = ({ shape, data }: Tensor): tf.Tensor =>
      tf.tensor(Float32Array.from(data), [...shape], "float32");
    const weightOf: WeightLookup = (ref) => upload({ shape: ref.shape, data: readFloat64(ref) });
    const xs = inputs.map(upload);
    const { outputs, saved } = forward?.(op, xs, weightOf) ?? forwardOf(op.kind, op, xs, weightOf);
    const [output] = outputs;
    if (output === undefined) throw new Error(`${op.kind} gives nothing.`);
    // What an op does not say that it reads is not kept.
    const gone = tf.scalar(Number.NaN);
    const reads = readsOf(op.kind, op);
    const step: BackwardStep = {
      inputs: reads.startsWith("inputs") ? xs : xs.map(() => gone),
      shapes: xs.map((x) => x.shape),
      output: reads.endsWith("output") ? output : gone,
      saved,
      gradient: upload(direction),
      gradients: [upload(direction)],
      weightOf,
      wants: () => true,
      wantsWeights: true,
    };
    const gradients = backwardOf(op.kind, op, step);
    found.inputs = gradients.inputs.map((one) => one?.dataSync());
    found.weights = new Map(gradients.weights.map((one) => [one.ref.id, one.gradient.dataSync()]));
  });
  if (tf.memory().numTensors !== before) throw new Error("Tensors stay behind.");
  return found;
}

function forwardOf<K extends OpKind>(
  kind: K,
  op: OpOf<K>,
  inputs: readonly tf.Tensor[],
  weightOf: WeightLookup,
): Computed {
  const forward = forwards[kind];
  if ("unsupported" in forward) throw new Error(forward.unsupported);
  return forward(op, inputs, weightOf, "linear");
}

function readsOf<K extends OpKind>(kind: K, op: OpOf<K>): Reads {
  const backward = backwards[kind];
  if ("unsupported" in backward) throw new Error(backward.unsupported);
  return backward.reads(op);
}

function backwardOf<K extends OpKind>(kind: K, op: OpOf<K>, step: BackwardStep): Gradients {
  const backward = backwards[kind];
  if ("unsupported" in backward) throw new Error(backward.unsupported);
  return backward.gradients(op, step);
}

function differences(data: Float64Array, f: (data: Float64Array) => number): Float64Array {
  return data.map((value, i) => {
    const [above, below] = [f(data.with(i, value + STEP)), f(data.with(i, value - STEP))];
    return (above - below) / (2 * STEP);
  });
}

function apart(of: string, found: ArrayLike<number>, expected: Float64Array): Compared {
  const largest = Math.max(1, ...expected.map(Math.abs));
  const error = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? Number.NaN)) / largest),
    found.length === expected.length ? 0 : Number.NaN,
  );
  return { of, error, size: expected.length };
}

/** Different in every place, so that no maximum is held twice. */
function numbersOf(id: string, shape: readonly number[]): Tensor {
  const data = new Float64Array(sizeOf(shape));
  weight(id, shape, -2, 2).readInto(data, 0);
  return { shape, data: Float64Array.from(data, Math.fround) };
}

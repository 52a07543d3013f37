import type { WeightParams } from "../formats/coreml/types.gen.ts";
import type { LayerCall } from "./call.ts";
import { multiplyVector } from "./multiply.ts";
import { emptyTensor, type Tensor } from "./tensor.ts";

/** A sequence `[Seq, Batch, size, 1, 1]` that enters a recurrent layer. */
export interface Sequence {
  readonly data: Float32Array;
  readonly length: number;
  readonly batch: number;
  readonly size: number;
}

/** `clip(W x + R h + b)` of one gate. */
export type Gate = (x: Float64Array, h: Float64Array) => Float64Array;

/** One time step: from the input and the state to the next state; the first part is the output. */
export type Step = (x: Float64Array, state: readonly Float64Array[]) => readonly Float64Array[];

/** One recurrent layer, ready to run over a sequence. */
export interface Recurrence {
  readonly units: number;
  /** Number of state vectors: 1 for h, 2 for h and c. */
  readonly states: number;
  readonly reverse: boolean;
  readonly step: Step;
}

/** Checks the shape of a recurrent layer's input. */
export function sequenceOf(call: LayerCall, size: number): Sequence {
  const x = call.input(0, 5);
  const [length = 1, batch = 1, channels = 1, ...rest] = x.shape;
  call.require(
    x.shape.length === 5 && channels === size && rest.every((one) => one === 1),
    `needs a sequence of ${size} numbers, but gets [${x.shape}]`,
  );
  return { data: x.data, length, batch, size };
}

/**
 * Makes the gates of a layer from their weights. Pre-activations stay within ±50.
 *
 * @see NeuralNetwork.proto SimpleRecurrentLayerParams
 */
export function createGates(
  call: LayerCall,
  { input, units }: { readonly input: number; readonly units: number },
  hasBias: boolean | undefined,
): (
  what: string,
  weights: WeightParams | undefined,
  recursion: WeightParams | undefined,
  bias: WeightParams | undefined,
) => Gate {
  return (what, weights, recursion, bias) => {
    const w = call.weights(weights, [units, input], `${what} weight matrix`);
    const r = call.weights(recursion, [units, units], `${what} recursion matrix`);
    const b = call.optionalWeights(hasBias, bias, [units], `${what} bias vector`);
    return createGate(units, input, w, r, b);
  };
}

/**
 * Runs the steps and returns the outputs of every step in the order of processing (a reversed layer
 * gives the last time step first), and the final states.
 */
export function runSequence(
  call: LayerCall,
  sequence: Sequence,
  recurrence: Recurrence,
  firstState: number,
): { readonly outputs: Tensor; readonly finals: readonly Tensor[] } {
  const { length, batch, size, data } = sequence;
  const { units, states, reverse, step } = recurrence;
  const outputs = emptyTensor([length, batch, units, 1, 1]);
  const finals = Array.from({ length: states }, () => emptyTensor([1, batch, units, 1, 1]));
  for (let item = 0; item < batch; item++) {
    let state: readonly Float64Array[] = finals.map((_, index) =>
      initialState(call, firstState + index, item, batch, units),
    );
    for (let done = 0; done < length; done++) {
      const time = reverse ? length - 1 - done : done;
      const at = (time * batch + item) * size;
      state = step(Float64Array.from(data.subarray(at, at + size)), state);
      outputs.data.set(state[0] ?? [], (done * batch + item) * units);
    }
    finals.forEach((final, index) => {
      final.data.set(state[index] ?? [], item * units);
    });
  }
  return { outputs, finals };
}

/** All outputs, or the last one as a sequence of one. */
export function sequenceOutput(outputs: Tensor, all: boolean | undefined): Tensor {
  if (all === true) return outputs;
  const [, ...rest] = outputs.shape;
  const size = outputs.data.length / (outputs.shape[0] ?? 1);
  return { shape: [1, ...rest], data: outputs.data.slice(-size) };
}

/** `f` of every number. */
export function activate(values: Float64Array, f: (value: number) => number): Float64Array {
  return values.map((value) => f(value));
}

const LARGEST = 50;

/** An absent state is zero. */
function initialState(
  call: LayerCall,
  index: number,
  item: number,
  batch: number,
  units: number,
): Float64Array {
  const given = call.optionalInput(index);
  if (given === undefined) return new Float64Array(units);
  call.require(
    given.data.length === batch * units,
    `needs a state of ${batch * units} numbers, but gets [${given.shape}]`,
  );
  return Float64Array.from(given.data.subarray(item * units, (item + 1) * units));
}

function createGate(
  units: number,
  input: number,
  w: Float32Array,
  r: Float32Array,
  b: Float32Array | undefined,
): Gate {
  const forInput = { data: w, start: 0, rows: units, depth: input };
  const forState = { data: r, start: 0, rows: units, depth: units };
  return (x, h) => {
    const sums = new Float64Array(units);
    multiplyVector(forInput, x, 0, (row, sum) => {
      sums[row] = sum + (b?.[row] ?? 0);
    });
    multiplyVector(forState, h, 0, (row, sum) => {
      sums[row] = Math.min(Math.max((sums[row] ?? 0) + sum, -LARGEST), LARGEST);
    });
    return sums;
  };
}

import { join } from "../../joining.ts";
import { multiplyVector } from "../../multiply.ts";
import { sigmoid } from "../../nonlinearity.ts";
import { take } from "../../taking.ts";
import { emptyTensor, type Tensor } from "../../tensor.ts";
import type { OperationCall, OperationRun } from "../call.ts";

/** `f(W x + R h + b)` */
export const rnn: OperationRun = (call) => {
  const f = functionOf(call, "activation", "tanh");
  const cell = weightsOf(call, 1, "");
  const step: Step = (x, [h = cell.zeros]) => [cell.sums(x, h).map(f)];
  return outputsOf(
    call,
    run(call, cell.units, isReverse(call), step, statesOf(call, ["initial_h"])),
  );
};

/**
 * `h' = (1 - z) o + z h` with gates in the order reset, output, update. The reset gate multiplies h before the
 * recurrent product, or with `reset_after` the product and its bias.
 */
export const gru: OperationRun = (call) => {
  const f = functionOf(call, "recurrent_activation", "sigmoid");
  const g = functionOf(call, "activation", "tanh");
  const cell = weightsOf(call, 3, "");
  const { units } = cell;
  const inputBias = call.vector("input_bias", 3 * units);
  const after = call.flag("reset_after", false);
  const step: Step = (x, [h = cell.zeros]) => {
    const fromInput = cell.fromInput(x).map((sum, at) => sum + (inputBias?.[at] ?? 0));
    const fromState = cell.fromState(h).map((sum, at) => sum + (cell.bias?.[at] ?? 0));
    const gate = (index: number, at: number) =>
      f((fromInput[index * units + at] ?? 0) + (fromState[index * units + at] ?? 0));
    const reset = h.map((_, at) => gate(0, at));
    const product = after
      ? h.map((_, at) => (reset[at] ?? 0) * (fromState[units + at] ?? 0))
      : cell
          .fromState(h.map((value, at) => value * (reset[at] ?? 0)))
          .subarray(units, 2 * units)
          .map((sum, at) => sum + (cell.bias?.[units + at] ?? 0));
    return [
      h.map((value, at) => {
        const z = gate(2, at);
        const output = g((fromInput[units + at] ?? 0) + (product[at] ?? 0));
        return (1 - z) * output + z * value;
      }),
    ];
  };
  return outputsOf(call, run(call, units, isReverse(call), step, statesOf(call, ["initial_h"])));
};

/** Gates in the order input, forget, output, cell; both directions side by side when bidirectional. */
export const lstm: OperationRun = (call) => {
  const direction = call.word("direction", ["forward", "reverse", "bidirectional"], "forward");
  const states = statesOf(call, ["initial_h", "initial_c"]);
  if (direction !== "bidirectional") {
    const cell = weightsOf(call, 4, "");
    return outputsOf(
      call,
      run(call, cell.units, direction === "reverse", lstmStep(call, cell), states),
    );
  }
  const halves = ["", "_back"].map((suffix, index) => {
    const cell = weightsOf(call, 4, suffix);
    const own = states.map((state) => {
      call.require(state.shape.at(-1) === 2 * cell.units, `has a state [${state.shape}]`);
      return take(state, state.shape.length - 1, index * cell.units, 1, cell.units);
    });
    const result = run(call, cell.units, index === 1, lstmStep(call, cell), own);
    const [steps = 1] = result.outputs.shape;
    const outputs = index === 0 ? result.outputs : take(result.outputs, 0, steps - 1, -1, steps);
    return { ...result, outputs };
  });
  const [forward, backward] = halves;
  if (forward === undefined || backward === undefined) return call.fail("has no directions");
  const beside = (a: Tensor, b: Tensor) => join(call, [a, b], a.shape.length - 1);
  return outputsOf(
    call,
    {
      outputs: beside(forward.outputs, backward.outputs),
      finals: forward.finals.map((final, at) => beside(final, backward.finals[at] ?? final)),
    },
    true,
  );
};

/** From an input and states to the next states; the first one is the output. */
type Step = (x: Float64Array, states: readonly Float64Array[]) => readonly Float64Array[];

/** What a run over a sequence gives: `[steps, batch, units]` in the order of processing, and the last states. */
interface Run {
  readonly outputs: Tensor;
  readonly finals: readonly Tensor[];
}

/** The products of one direction. */
interface Cell {
  readonly units: number;
  readonly zeros: Float64Array;
  readonly bias: Float32Array | undefined;
  fromInput(x: Float64Array): Float64Array;
  fromState(h: Float64Array): Float64Array;
  /** Both, with the bias. */
  sums(x: Float64Array, h: Float64Array): Float64Array;
}

function weightsOf(call: OperationCall, gates: number, suffix: string): Cell {
  const ih = call.tensor(`weight_ih${suffix}`, 2);
  const hh = call.tensor(`weight_hh${suffix}`, 2);
  const [rows = 1, input = 1] = ih.shape;
  const [, units = 1] = hh.shape;
  const size = call.tensor("x", 3).shape[2];
  call.require(
    rows === gates * units && hh.shape[0] === rows && size === input,
    `has weights [${ih.shape}] and [${hh.shape}] for an input of ${size ?? 0} numbers`,
  );
  const bias = call.vector(`bias${suffix}`, rows);
  const product = (data: Float32Array, depth: number) => (vector: Float64Array) => {
    const sums = new Float64Array(rows);
    multiplyVector({ data, start: 0, rows, depth }, vector, 0, (row, sum) => {
      sums[row] = sum;
    });
    return sums;
  };
  const [fromInput, fromState] = [product(ih.data, input), product(hh.data, units)];
  return {
    units,
    zeros: new Float64Array(units),
    bias,
    fromInput,
    fromState,
    sums(x, h) {
      const state = fromState(h);
      return fromInput(x).map((sum, at) => sum + (state[at] ?? 0) + (bias?.[at] ?? 0));
    },
  };
}

function lstmStep(call: OperationCall, cell: Cell): Step {
  const f = functionOf(call, "recurrent_activation", "sigmoid");
  const g = functionOf(call, "cell_activation", "tanh");
  const out = functionOf(call, "activation", "tanh");
  const limit = call.number("clip", Number.POSITIVE_INFINITY);
  for (const name of ["peephole", "peephole_back"]) {
    if (call.optional(name) !== undefined) {
      call.fail("has peepholes, which no Keras layer has", "unsupported");
    }
  }
  const { units, zeros } = cell;
  return (x, [h = zeros, c = zeros]) => {
    const sums = cell.sums(x, h);
    const gate = (index: number, at: number) => sums[index * units + at] ?? 0;
    const next = c.map((value, at) => {
      const candidate = Math.min(Math.max(gate(3, at), -limit), limit);
      return f(gate(1, at)) * value + f(gate(0, at)) * g(candidate);
    });
    return [next.map((value, at) => f(gate(2, at)) * out(value)), next];
  };
}

function run(
  call: OperationCall,
  units: number,
  reverse: boolean,
  step: Step,
  initial: readonly Tensor[],
): Run {
  const x = call.tensor("x", 3);
  const [length = 1, batch = 1, size = 1] = x.shape;
  const outputs = emptyTensor([length, batch, units]);
  const finals = initial.map(() => emptyTensor([batch, units]));
  for (const state of initial) {
    call.require(state.data.length === batch * units, `has a state [${state.shape}]`);
  }
  for (let item = 0; item < batch; item++) {
    let states: readonly Float64Array[] = initial.map(({ data }) =>
      Float64Array.from(data.subarray(item * units, (item + 1) * units)),
    );
    for (let done = 0; done < length; done++) {
      const at = ((reverse ? length - 1 - done : done) * batch + item) * size;
      states = step(Float64Array.from(x.data.subarray(at, at + size)), states);
      outputs.data.set(states[0] ?? [], (done * batch + item) * units);
    }
    finals.forEach((final, index) => {
      final.data.set(states[index] ?? [], item * units);
    });
  }
  return { outputs, finals };
}

/** All outputs or the last one, and the last states. */
function outputsOf(
  call: OperationCall,
  { outputs, finals }: Run,
  aligned = false,
): readonly Tensor[] {
  const [length = 1] = outputs.shape;
  if (call.flag("output_sequence", false)) return [outputs, ...finals];
  const [final] = finals;
  const last =
    aligned && final !== undefined
      ? { shape: [1, ...final.shape], data: final.data }
      : take(outputs, 0, length - 1, 1, 1);
  return [last, ...finals];
}

function isReverse(call: OperationCall): boolean {
  return call.word("direction", ["forward", "reverse"], "forward") === "reverse";
}

function statesOf(call: OperationCall, names: readonly string[]): readonly Tensor[] {
  return names.map((name) => call.tensor(name));
}

const FUNCTIONS = {
  sigmoid,
  tanh: Math.tanh,
  linear: (x: number) => x,
  relu: (x: number) => (x < 0 ? 0 : x),
  hard_sigmoid: (x: number) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  scaled_tanh: (x: number) => 1.7159 * Math.tanh((2 / 3) * x),
} as const;

const FUNCTION_NAMES = [
  "sigmoid",
  "tanh",
  "linear",
  "relu",
  "hard_sigmoid",
  "scaled_tanh",
] as const;

function functionOf(
  call: OperationCall,
  name: string,
  absent: (typeof FUNCTION_NAMES)[number],
): (x: number) => number {
  return FUNCTIONS[call.word(name, FUNCTION_NAMES, absent)];
}

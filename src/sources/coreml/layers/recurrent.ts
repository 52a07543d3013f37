import type {
  ActivationParams,
  LSTMParams,
  LSTMWeightParams,
  WeightParams,
} from "../../../formats/coreml/types.gen.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { concatWeights } from "../../../weights/concat.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import { UNIT } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { gateActivation } from "./activation-function.ts";

/** `h' = f(W x + R h + b)` @see NeuralNetwork.proto SimpleRecurrentLayerParams */
export const simpleRecurrent = on("simpleRecurrent", (params, call) => {
  const sizes = sizesOf(params);
  const gate = {
    weight: params.weightMatrix,
    recursion: params.recursionMatrix,
    bias: params.biasVector,
  };
  const weights = cellWeights(call, sizes, [gate], params.hasBiasVector === true, "");
  const activation = gateOf(call, params.activation);
  lowerRecurrent(call, {
    cell: "simple",
    activation,
    recurrentActivation: activation,
    sequence: params.sequenceOutput,
    reverse: params.reverseInput,
    units: sizes.units,
    weights,
  });
});

/** Update, reset and output gate are Keras' z, r and h. @see NeuralNetwork.proto GRULayerParams */
export const gru = on("gru", (params, call) => {
  const sizes = sizesOf(params);
  const gates = [
    {
      weight: params.updateGateWeightMatrix,
      recursion: params.updateGateRecursionMatrix,
      bias: params.updateGateBiasVector,
    },
    {
      weight: params.resetGateWeightMatrix,
      recursion: params.resetGateRecursionMatrix,
      bias: params.resetGateBiasVector,
    },
    {
      weight: params.outputGateWeightMatrix,
      recursion: params.outputGateRecursionMatrix,
      bias: params.outputGateBiasVector,
    },
  ];
  lowerRecurrent(call, {
    cell: "gru",
    activation: gateOf(call, params.activations?.[1]),
    recurrentActivation: gateOf(call, params.activations?.[0]),
    sequence: params.sequenceOutput,
    reverse: params.reverseInput,
    units: sizes.units,
    weights: cellWeights(call, sizes, gates, params.hasBiasVectors === true, ""),
  });
});

/** @see NeuralNetwork.proto UniDirectionalLSTMLayerParams */
export const uniDirectionalLSTM = on("uniDirectionalLSTM", (params, call) => {
  const sizes = sizesOf(params);
  const { activation, recurrentActivation } = lstmActivations(call, params.activations);
  lowerRecurrent(call, {
    cell: "lstm",
    activation,
    recurrentActivation,
    sequence: params.params?.sequenceOutput,
    reverse: params.reverseInput,
    units: sizes.units,
    weights: lstmWeights(call, sizes, params.params, params.weightParams, ""),
  });
});

/** Both ways side by side in the channels, aligned to input time. @see NeuralNetwork.proto BiDirectionalLSTMLayerParams */
export const biDirectionalLSTM = on("biDirectionalLSTM", (params, call) => {
  const sizes = sizesOf(params);
  const ahead = lstmActivations(call, params.activationsForwardLSTM);
  const back = lstmActivations(call, params.activationsBackwardLSTM);
  if (JSON.stringify(ahead) !== JSON.stringify(back)) {
    call.refuse("its two ways have different activations");
  }
  const [first, second] = params.weightParams ?? [];
  const forward = lstmWeights(call, sizes, params.params, first, "forward ");
  const backward = lstmWeights(call, sizes, params.params, second, "backward ");
  lowerRecurrent(call, {
    cell: "lstm",
    ...ahead,
    sequence: params.params?.sequenceOutput,
    reverse: false,
    units: sizes.units,
    weights: {
      ...forward,
      backwardKernel: backward.kernel,
      backwardRecurrentKernel: backward.recurrentKernel,
      ...(backward.bias === undefined ? {} : { backwardBias: backward.bias }),
    },
  });
});

interface Sizes {
  readonly inputs: number;
  readonly units: number;
}

interface Gate {
  readonly weight: WeightParams | undefined;
  readonly recursion: WeightParams | undefined;
  readonly bias: WeightParams | undefined;
}

function sizesOf(params: {
  readonly inputVectorSize?: number | undefined;
  readonly outputVectorSize?: number | undefined;
}): Sizes {
  return { inputs: params.inputVectorSize ?? 0, units: params.outputVectorSize ?? 0 };
}

function gateOf(call: LayerCall, params: ActivationParams | undefined): Activation {
  return (
    gateActivation(params) ??
    call.fail("has an activation that recurrent layers do not know", "bad-config")
  );
}

function lstmActivations(
  call: LayerCall,
  activations: readonly ActivationParams[] = [],
): Pick<RecurrentOp, "activation" | "recurrentActivation"> {
  const [gates, block, output] = activations.map((params) => gateOf(call, params));
  if (gates === undefined || block === undefined || output === undefined) {
    return call.fail("has fewer than three activations", "bad-config");
  }
  if (JSON.stringify(block) !== JSON.stringify(output)) {
    call.refuse("its block input and its output have different activations");
  }
  return { activation: block, recurrentActivation: gates };
}

function lstmWeights(
  call: LayerCall,
  sizes: Sizes,
  params: LSTMParams = {},
  weights: LSTMWeightParams = {},
  way: string,
): CellWeights {
  if (params.hasPeepholeVectors === true) call.refuse("it has peepholes");
  if (params.coupledInputAndForgetGate === true)
    call.refuse("its input and forget gates are coupled");
  const gates = (["inputGate", "forgetGate", "blockInput", "outputGate"] as const).map((name) => ({
    weight: weights[`${name}WeightMatrix`],
    recursion: weights[`${name}RecursionMatrix`],
    bias: weights[`${name}BiasVector`],
  }));
  return cellWeights(call, sizes, gates, params.hasBiasVectors === true, way);
}

type CellWeights = Pick<RecurrentOp["weights"], "kernel" | "recurrentKernel" | "bias">;

/** The gates side by side in the columns, as Keras has them. */
function cellWeights(
  call: LayerCall,
  { inputs, units }: Sizes,
  gates: readonly Gate[],
  hasBias: boolean,
  way: string,
): CellWeights {
  const joined = (columns: readonly WeightRef[], axis: number): WeightRef => {
    const [only] = columns;
    return columns.length === 1 && only !== undefined ? only : concatWeights(columns, axis);
  };
  const matrix = (key: "weight" | "recursion", rows: number): WeightRef =>
    joined(
      gates.map((gate, index) =>
        transposeWeight(call.weight(gate[key], [units, rows], `${way}${key} ${index}`), [1, 0]),
      ),
      1,
    );
  const weights = { kernel: matrix("weight", inputs), recurrentKernel: matrix("recursion", units) };
  if (!hasBias) return weights;
  const bias = joined(
    gates.map((gate, index) => call.weight(gate.bias, [units], `${way}bias ${index}`)),
    0,
  );
  return { ...weights, bias };
}

interface Recurrence
  extends Pick<RecurrentOp, "cell" | "activation" | "recurrentActivation" | "units" | "weights"> {
  readonly sequence: boolean | undefined;
  readonly reverse: boolean | undefined;
}

/** States that nobody gives start at zero; those that nobody reads are left out. */
function lowerRecurrent(call: LayerCall, { sequence, reverse, ...cell }: Recurrence): void {
  const x = call.input(0, 5);
  const rank = x.axes.length;
  const [steps, channel] = [rank - 5, rank - 3];
  call.touch(x, steps);
  const both = cell.weights.backwardKernel !== undefined;
  const count = (cell.cell === "lstm" ? 2 : 1) * (both ? 2 : 1);
  const given = Array.from({ length: count }, (_, index) => index + 1).filter(
    (index) => index < call.inputCount && !call.isAbsent(index) && !isZero(call, index),
  );
  if (given.length > 0 && given.length < count) call.refuse("only some of its states are given");
  const states = given.map((index) => call.arrange(call.input(index), [channel]));
  const read = Array.from({ length: count }, (_, index) => index + 1).some((index) =>
    call.isRead(index),
  );
  const returnSequences = sequence === true;
  const [value = "", ...finals] = call.emitAll(
    {
      kind: "recurrent",
      ...cell,
      resetAfter: false,
      direction: both ? "bidirectional" : reverse === true ? "backward" : "forward",
      merge: both ? "concat" : null,
      returnSequences,
      returnState: read,
      initialState: states.length > 0,
      masked: false,
      stateful: false,
    },
    [call.arrange(x, [steps, channel]), ...states],
  );
  const axes = x.axes.map((axis, index) => (index === steps && !returnSequences ? UNIT : axis));
  call.finish(value, axes, returnSequences ? [steps, channel] : [channel]);
  finals.forEach((state, index) => {
    call.finish(
      state,
      x.axes.map(() => UNIT),
      [channel],
      index + 1,
    );
  });
}

/** Whether a state is a constant of nothing but zeros. */
function isZero(call: LayerCall, index: number): boolean {
  const { constant } = call.operand(index);
  if (constant === undefined || constant.shape.reduce((size, dim) => size * dim, 1) > 2 ** 20)
    return false;
  const numbers = new Float64Array(constant.shape.reduce((size, dim) => size * dim, 1));
  constant.readInto(numbers, 0);
  return numbers.every((number) => number === 0);
}

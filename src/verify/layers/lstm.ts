import type {
  ActivationParams,
  LSTMParams,
  LSTMWeightParams,
} from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import {
  activate,
  createGates,
  runSequence,
  type Sequence,
  type Step,
  sequenceOf,
  sequenceOutput,
} from "../recurrence.ts";
import { emptyTensor, type Tensor } from "../tensor.ts";
import { gateFunction, outputsOf } from "./recurrent.ts";

/**
 * Inputs are x, h, c; outputs y, h, c.
 *
 * @see NeuralNetwork.proto UniDirectionalLSTMLayerParams
 */
export const uniDirectionalLSTM = on("uniDirectionalLSTM", (params, call) => {
  const sizes = { input: params.inputVectorSize ?? 0, units: params.outputVectorSize ?? 0 };
  const lstm = createStep(call, sizes, params.params, params.weightParams, params.activations);
  const recurrence = { ...lstm, reverse: params.reverseInput === true };
  const { outputs, finals } = runSequence(call, sequenceOf(call, sizes.input), recurrence, 1);
  return outputsOf(call, sequenceOutput(outputs, params.params?.sequenceOutput), finals);
});

/**
 * Inputs are x, then h and c of the forward and of the backward LSTM; outputs likewise. The
 * backward outputs are aligned to input time.
 *
 * @see NeuralNetwork.proto BiDirectionalLSTMLayerParams
 */
export const biDirectionalLSTM = on("biDirectionalLSTM", (params, call) => {
  const sizes = { input: params.inputVectorSize ?? 0, units: params.outputVectorSize ?? 0 };
  const sequence = sequenceOf(call, sizes.input);
  const activations = [params.activationsForwardLSTM, params.activationsBackwardLSTM];
  const [forward, backward] = activations.map((functions, index) => {
    const weights = params.weightParams?.[index];
    const lstm = createStep(call, sizes, params.params, weights, functions);
    return runSequence(call, sequence, { ...lstm, reverse: index === 1 }, 1 + 2 * index);
  });
  if (forward === undefined || backward === undefined) return call.fail("has no weights");
  const all = params.params?.sequenceOutput;
  const ahead = sequenceOutput(forward.outputs, all);
  const behind = sequenceOutput(
    all === true ? reversed(backward.outputs, sequence) : backward.outputs,
    all,
  );
  return outputsOf(call, sideBySide(ahead, behind, sizes.units), [
    ...forward.finals,
    ...backward.finals,
  ]);
});

/**
 * The step of one LSTM. `forgetBias` is ignored: files of coremltools set it although the stored
 * bias already holds the 1, and agree with Keras only without a second one.
 */
function createStep(
  call: LayerCall,
  sizes: { readonly input: number; readonly units: number },
  options: LSTMParams = {},
  weights: LSTMWeightParams = {},
  activations: readonly ActivationParams[] = [],
): { readonly units: number; readonly states: number; readonly step: Step } {
  const [f, g, h] = ["gates", "block input", "output"].map((what, index) =>
    gateFunction(call, activations[index], `activation of the ${what}`),
  );
  if (f === undefined || g === undefined || h === undefined) return call.fail("has no activations");
  const gates = gatesOf(call, sizes, options, weights);
  if (options.hasPeepholeVectors === true) {
    call.fail("has peepholes, which no Keras layer has", "unsupported");
  }
  const limit = options.cellClipThreshold || 50;
  const coupled = options.coupledInputAndForgetGate === true;
  const zeros = new Float64Array(sizes.units);
  const step: Step = (x, [state = zeros, cell = zeros]) => {
    const i = activate(gates.input(x, state), f);
    const forget = activate(gates.forget(x, state), f);
    const z = activate(gates.block(x, state), g);
    const next = cell.map((value, at) => {
      const keep = coupled ? 1 - (i[at] ?? 0) : (forget[at] ?? 0);
      const sum = value * keep + (i[at] ?? 0) * (z[at] ?? 0);
      return Math.max(Math.min(sum, limit), -limit);
    });
    const o = activate(gates.output(x, state), f);
    return [next.map((value, at) => h(value) * (o[at] ?? 0)), next];
  };
  return { units: sizes.units, states: 2, step };
}

function gatesOf(
  call: LayerCall,
  sizes: { readonly input: number; readonly units: number },
  { hasBiasVectors }: LSTMParams,
  weights: LSTMWeightParams,
) {
  const gateOf = createGates(call, sizes, hasBiasVectors);
  return {
    input: gateOf(
      "input gate",
      weights.inputGateWeightMatrix,
      weights.inputGateRecursionMatrix,
      weights.inputGateBiasVector,
    ),
    forget: gateOf(
      "forget gate",
      weights.forgetGateWeightMatrix,
      weights.forgetGateRecursionMatrix,
      weights.forgetGateBiasVector,
    ),
    block: gateOf(
      "block input",
      weights.blockInputWeightMatrix,
      weights.blockInputRecursionMatrix,
      weights.blockInputBiasVector,
    ),
    output: gateOf(
      "output gate",
      weights.outputGateWeightMatrix,
      weights.outputGateRecursionMatrix,
      weights.outputGateBiasVector,
    ),
  };
}

function reversed(outputs: Tensor, { length }: Sequence): Tensor {
  const result = emptyTensor(outputs.shape);
  const size = outputs.data.length / length;
  for (let time = 0; time < length; time++) {
    const from = (length - 1 - time) * size;
    result.data.set(outputs.data.subarray(from, from + size), time * size);
  }
  return result;
}

/** Channels of `left`, then those of `right`, for every time step and sample. */
function sideBySide(left: Tensor, right: Tensor, units: number): Tensor {
  const [length = 1, batch = 1] = left.shape;
  const result = emptyTensor([length, batch, 2 * units, 1, 1]);
  for (let item = 0; item < length * batch; item++) {
    const part = [item * units, (item + 1) * units] as const;
    result.data.set(left.data.subarray(...part), item * 2 * units);
    result.data.set(right.data.subarray(...part), (item * 2 + 1) * units);
  }
  return result;
}

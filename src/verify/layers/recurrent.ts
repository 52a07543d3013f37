import type { ActivationParams } from "../../formats/coreml/types.gen.ts";
import { type LayerCall, on } from "../call.ts";
import { type Nonlinearity, recurrentFunction } from "../nonlinearity.ts";
import { activate, createGates, runSequence, sequenceOf, sequenceOutput } from "../recurrence.ts";
import type { Tensor } from "../tensor.ts";

/**
 * `h' = f(W x + R h + b)`.
 *
 * @see NeuralNetwork.proto SimpleRecurrentLayerParams
 */
export const simpleRecurrent = on("simpleRecurrent", (params, call) => {
  const sizes = { input: params.inputVectorSize ?? 0, units: params.outputVectorSize ?? 0 };
  const f = gateFunction(call, params.activation, "activation");
  const gate = createGates(call, sizes, params.hasBiasVector)(
    "the",
    params.weightMatrix,
    params.recursionMatrix,
    params.biasVector,
  );
  const { outputs, finals } = runSequence(
    call,
    sequenceOf(call, sizes.input),
    {
      units: sizes.units,
      states: 1,
      reverse: params.reverseInput === true,
      step: (x, [h = new Float64Array(sizes.units)]) => [activate(gate(x, h), f)],
    },
    1,
  );
  return outputsOf(call, sequenceOutput(outputs, params.sequenceOutput), finals);
});

/**
 * `h' = (1 - z) * o + z * h`; the reset gate multiplies h before the recursion matrix.
 *
 * @see NeuralNetwork.proto GRULayerParams
 */
export const gru = on("gru", (params, call) => {
  const sizes = { input: params.inputVectorSize ?? 0, units: params.outputVectorSize ?? 0 };
  const f = gateFunction(call, params.activations?.[0], "activation of the gates");
  const g = gateFunction(call, params.activations?.[1], "activation of the output");
  const gateOf = createGates(call, sizes, params.hasBiasVectors);
  const update = gateOf(
    "update gate",
    params.updateGateWeightMatrix,
    params.updateGateRecursionMatrix,
    params.updateGateBiasVector,
  );
  const reset = gateOf(
    "reset gate",
    params.resetGateWeightMatrix,
    params.resetGateRecursionMatrix,
    params.resetGateBiasVector,
  );
  const output = gateOf(
    "output gate",
    params.outputGateWeightMatrix,
    params.outputGateRecursionMatrix,
    params.outputGateBiasVector,
  );
  const step = (x: Float64Array, [h = new Float64Array(sizes.units)]: readonly Float64Array[]) => {
    const z = activate(update(x, h), f);
    const r = activate(reset(x, h), f);
    const o = activate(
      output(
        x,
        h.map((value, at) => value * (r[at] ?? 0)),
      ),
      g,
    );
    return [h.map((value, at) => (1 - (z[at] ?? 0)) * (o[at] ?? 0) + (z[at] ?? 0) * value)];
  };
  const reverse = params.reverseInput === true;
  const recurrence = { units: sizes.units, states: 1, reverse, step };
  const { outputs, finals } = runSequence(call, sequenceOf(call, sizes.input), recurrence, 1);
  return outputsOf(call, sequenceOutput(outputs, params.sequenceOutput), finals);
});

/** The output, and the final states if the layer names blobs for them. */
export function outputsOf(
  call: LayerCall,
  output: Tensor,
  finals: readonly Tensor[],
): readonly Tensor[] {
  return [output, ...finals].slice(0, Math.max(1, call.outputCount));
}

/** The function of a gate; only some activations are allowed there. */
export function gateFunction(
  call: LayerCall,
  params: ActivationParams | undefined,
  what: string,
): Nonlinearity {
  return (
    recurrentFunction(params) ??
    call.fail(`has an ${what} that recurrent layers do not know`, "bad-config")
  );
}

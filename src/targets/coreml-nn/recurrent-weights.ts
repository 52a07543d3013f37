import type {
  GRULayerParams,
  LSTMWeightParams,
  SimpleRecurrentLayerParams,
  WeightParams,
} from "../../formats/coreml/types.gen.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { sliceWeight } from "../../weights/slice.ts";
import { transposeWeight } from "../../weights/transpose.ts";

/** Weights of one direction, as Keras has them: gates side by side in the columns. */
export interface CellWeights {
  /** `[in, gates * units]` */
  readonly kernel: WeightRef;
  /** `[units, gates * units]` */
  readonly recurrentKernel: WeightRef;
  readonly bias: WeightRef | undefined;
}

/** The forward weights; the backward ones of a bidirectional layer. */
export function cellWeights(op: RecurrentOp): readonly [CellWeights, CellWeights | undefined] {
  const { weights } = op;
  const forward = {
    kernel: weights.kernel,
    recurrentKernel: weights.recurrentKernel,
    bias: weights.bias,
  };
  const { backwardKernel: kernel, backwardRecurrentKernel: recurrentKernel } = weights;
  if (kernel === undefined || recurrentKernel === undefined) return [forward, undefined];
  return [forward, { kernel, recurrentKernel, bias: weights.backwardBias }];
}

type Params = (ref: WeightRef) => WeightParams;

/** @see NeuralNetwork.proto SimpleRecurrentLayerParams */
export function simpleWeights(
  { kernel, recurrentKernel, bias }: CellWeights,
  params: Params,
): Pick<
  SimpleRecurrentLayerParams,
  "weightMatrix" | "recursionMatrix" | "biasVector" | "hasBiasVector"
> {
  const matrices = {
    weightMatrix: params(transposeWeight(kernel, [1, 0])),
    recursionMatrix: params(transposeWeight(recurrentKernel, [1, 0])),
  };
  return bias === undefined
    ? matrices
    : { ...matrices, hasBiasVector: true, biasVector: params(bias) };
}

/**
 * Keras' columns are z, r, h; Core ML calls them update, reset and output gate.
 * @see NeuralNetwork.proto GRULayerParams
 */
export function gruWeights(
  weights: CellWeights,
  units: number,
  params: Params,
): Partial<GRULayerParams> {
  const gate = gates(weights, units, params);
  const [z, r, h] = [gate(0), gate(1), gate(2)];
  const matrices = {
    updateGateWeightMatrix: z.matrix,
    resetGateWeightMatrix: r.matrix,
    outputGateWeightMatrix: h.matrix,
    updateGateRecursionMatrix: z.recursion,
    resetGateRecursionMatrix: r.recursion,
    outputGateRecursionMatrix: h.recursion,
  };
  if (weights.bias === undefined) return matrices;
  return {
    ...matrices,
    hasBiasVectors: true,
    updateGateBiasVector: z.bias,
    resetGateBiasVector: r.bias,
    outputGateBiasVector: h.bias,
  };
}

/**
 * Keras' columns are i, f, c, o; Core ML calls c the block input.
 * @see NeuralNetwork.proto LSTMWeightParams
 */
export function lstmWeights(weights: CellWeights, units: number, params: Params): LSTMWeightParams {
  const gate = gates(weights, units, params);
  const [i, f, c, o] = [gate(0), gate(1), gate(2), gate(3)];
  const matrices = {
    inputGateWeightMatrix: i.matrix,
    forgetGateWeightMatrix: f.matrix,
    blockInputWeightMatrix: c.matrix,
    outputGateWeightMatrix: o.matrix,
    inputGateRecursionMatrix: i.recursion,
    forgetGateRecursionMatrix: f.recursion,
    blockInputRecursionMatrix: c.recursion,
    outputGateRecursionMatrix: o.recursion,
  };
  if (weights.bias === undefined) return matrices;
  return {
    ...matrices,
    inputGateBiasVector: i.bias,
    forgetGateBiasVector: f.bias,
    blockInputBiasVector: c.bias,
    outputGateBiasVector: o.bias,
  };
}

interface Gate {
  readonly matrix: WeightParams;
  readonly recursion: WeightParams;
  readonly bias: WeightParams | undefined;
}

function gates(weights: CellWeights, units: number, params: Params): (index: number) => Gate {
  const { kernel, recurrentKernel, bias } = weights;
  return (index) => {
    const [from, to] = [index * units, (index + 1) * units];
    const matrix = (ref: WeightRef): WeightParams =>
      params(transposeWeight(sliceWeight(ref, 1, from, to), [1, 0]));
    return {
      matrix: matrix(kernel),
      recursion: matrix(recurrentKernel),
      bias: bias === undefined ? undefined : params(sliceWeight(bias, 0, from, to)),
    };
  };
}

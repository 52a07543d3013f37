import type { ConvolutionLayerParams } from "../../formats/coreml/types.gen.ts";
import type { Node } from "../../ir/graph.ts";
import type { ConvLstmOp } from "../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import { refuse } from "../refuse.ts";
import { simpleActivation } from "./activation-function.ts";
import { paddingField } from "./border.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL, HEIGHT, type Layout, SEQ, WIDTH } from "./layout.ts";
import { checkActivations, countSteps } from "./recurrent-unrolled.ts";
import { Scribe } from "./scribe.ts";
import { ADD, MULTIPLY } from "./steps.ts";

/**
 * A convolutional LSTM, every step written out: the input's convolution runs over all steps at once, the state's takes its
 * weights from a constant blob that all steps share.
 */
export function emitConvLstm(node: Node<ConvLstmOp>, emission: Emission): string {
  const { op } = node;
  const rank = op.strides.length;
  if (rank > 2) refuse(node, "a convolutional LSTM over three axes cannot be expressed.");
  const steps = countSteps(node, emission);
  checkActivations(node, [op.activation, op.recurrentActivation]);
  const spatial = [HEIGHT, WIDTH].slice(-rank);
  const layout: Layout = [BATCH, SEQ, ...spatial, CHANNEL];
  const name = emission.layerNameOf(node);
  const x = emission.read(node, layout).name;
  const scribe = new Scribe(node, emission, `${name}_step`);
  const inputs = scribe.split(
    scribe.add({ convolution: inputConvolution(node, emission) }, x),
    SEQ,
    steps,
  );
  const ordered = op.direction === "backward" ? [...inputs].reverse() : inputs;
  const outputs = runSteps(node, scribe, ordered);
  const value = node.outputs[0] ?? "";
  if (!op.returnSequences) {
    return emission.place(value, outputs.at(-1) ?? "", [BATCH, ...spatial, CHANNEL]);
  }
  return emission.place(value, scribe.join(outputs, SEQ), layout);
}

/** The states start at zero, so the first step has none to convolve. */
function runSteps(
  node: Node<ConvLstmOp>,
  scribe: Scribe,
  inputs: readonly string[],
): readonly string[] {
  const { op } = node;
  const recurrent = scribe.constant(flatKernel(op.weights.recurrentKernel), 4);
  const activate = { activation: simpleActivation(op.activation) };
  const gate = { activation: simpleActivation(op.recurrentActivation) };
  const convolution = stateConvolution(op);
  const outputs: string[] = [];
  let cell: string | undefined;
  for (const input of inputs) {
    const before = outputs.at(-1);
    const sum =
      before === undefined
        ? input
        : scribe.add(ADD, input, scribe.add({ convolution }, before, recurrent));
    const [i = "", f = "", block = "", o = ""] = scribe.split(sum, CHANNEL, 4);
    const added = scribe.add(MULTIPLY, scribe.add(gate, i), scribe.add(activate, block));
    cell =
      cell === undefined
        ? added
        : scribe.add(ADD, scribe.add(MULTIPLY, scribe.add(gate, f), cell), added);
    outputs.push(scribe.add(MULTIPLY, scribe.add(gate, o), scribe.add(activate, cell)));
  }
  return outputs;
}

function inputConvolution(node: Node<ConvLstmOp>, emission: Emission): ConvolutionLayerParams {
  const { strides, dilations, padding, weights } = node.op;
  const kernel = flatKernel(weights.kernel);
  const two = (list: readonly number[]): readonly number[] => [1, ...list].slice(-2);
  const { bias } = weights;
  return {
    ...sizesOf(kernel),
    stride: two(strides),
    dilationFactor: two(dilations),
    ...paddingField(padding),
    weights: emission.weights(node, kernel),
    ...(bias === undefined ? {} : { hasBias: true, bias: emission.weights(node, bias) }),
  };
}

/** The weights come as second input. */
function stateConvolution({ weights }: ConvLstmOp): ConvolutionLayerParams {
  const kernel = flatKernel(weights.recurrentKernel);
  return { ...sizesOf(kernel), stride: [1, 1], dilationFactor: [1, 1], ...paddingField("same") };
}

function sizesOf({ shape }: WeightRef): ConvolutionLayerParams {
  const [outputChannels, kernelChannels] = shape;
  return { outputChannels, kernelChannels, nGroups: 1, kernelSize: shape.slice(2) };
}

/** `[…spatial, in, out]` as `[out, in, height, width]`. */
function flatKernel(kernel: WeightRef): WeightRef {
  const four = kernel.shape.length === 3 ? [1, ...kernel.shape] : kernel.shape;
  return transposeWeight(reshapeWeight(kernel, four), [3, 2, 0, 1]);
}

import type { ActivationParams } from "../../formats/coreml/types.gen.ts";
import type { Node } from "../../ir/graph.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import type { Emitters } from "../target.ts";
import { recurrentActivation } from "./activation-function.ts";
import { emitConvLstm } from "./conv-lstm.ts";
import type { Emission } from "./emission.ts";
import { BATCH, CHANNEL } from "./layout.ts";
import { type DirectionOutput, emitMerged } from "./recurrent-merge.ts";
import { SEQUENCE, stateBlobs } from "./recurrent-state.ts";
import { emitUnrolled } from "./recurrent-unrolled.ts";
import {
  type CellWeights,
  cellWeights,
  gruWeights,
  lstmWeights,
  simpleWeights,
} from "./recurrent-weights.ts";
import type { LayerBody } from "./spec-version.ts";

/** Recurrent layers. */
export const recurrentEmitters: Pick<Emitters<Emission>, "recurrent" | "convLstm"> = {
  recurrent: emitRecurrent,
  convLstm: emitConvLstm,
};

/**
 * Core ML's own layers where their equations are Keras'; step by step otherwise: a GRU whose reset gate comes after the product, other
 * activations, masks.
 */
function emitRecurrent(node: Node<RecurrentOp>, emission: Emission): string {
  const activations = nativeActivations(node.op);
  if (activations === undefined) return emitUnrolled(node, emission);
  if (node.op.direction !== "bidirectional") return emitOneWay(node, emission, activations);
  if (node.op.cell === "lstm") return emitBidirectionalLstm(node, emission, activations);
  return emitTwoWays(node, emission, activations);
}

/** Whether a layer of Core ML's own stands for the op. */
export function isNative(op: RecurrentOp): boolean {
  return nativeActivations(op) !== undefined;
}

/** The activations as the layer wants them, gates first; undefined where it has no such equation, or no mask. */
function nativeActivations(op: RecurrentOp): readonly ActivationParams[] | undefined {
  if (op.masked) return undefined;
  const inner = recurrentActivation(op.activation);
  if (inner === undefined) return undefined;
  if (op.cell === "simple") return [inner];
  const gates = recurrentActivation(op.recurrentActivation);
  if (gates === undefined || (op.cell === "gru" && op.resetAfter)) return undefined;
  return op.cell === "gru" ? [gates, inner] : [gates, inner, inner];
}

function emitOneWay(
  node: Node<RecurrentOp>,
  emission: Emission,
  activations: readonly ActivationParams[],
): string {
  const [weights] = cellWeights(node.op);
  const x = emission.read(node, SEQUENCE).name;
  const writer = emission.write(node, node.op.returnSequences ? SEQUENCE : [BATCH, CHANNEL]);
  const states = stateBlobs(node, emission);
  const reverse = node.op.direction === "backward";
  const body = cellBody(node, emission, weights, { activations, reverse });
  emission.add(writer.name, body, [x, ...states.inputs], [writer.out, ...states.outputs]);
  return emission.place(
    node.outputs[0] ?? "",
    writer.out,
    node.op.returnSequences ? SEQUENCE : [BATCH, CHANNEL],
  );
}

/** One layer for both ways, side by side in the channels and both in input time. */
function emitBidirectionalLstm(
  node: Node<RecurrentOp>,
  emission: Emission,
  activations: readonly ActivationParams[],
): string {
  const [forward, backward = forward] = cellWeights(node.op);
  const x = emission.read(node, SEQUENCE).name;
  const params = (weights: CellWeights) =>
    lstmWeights(weights, node.op.units, (ref) => emission.weights(node, ref));
  const biDirectionalLSTM = {
    inputVectorSize: forward.kernel.shape[0],
    outputVectorSize: node.op.units,
    activationsForwardLSTM: activations,
    activationsBackwardLSTM: activations,
    params: lstmParams(node.op),
    weightParams: [params(forward), params(backward)],
  };
  const states = stateBlobs(node, emission);
  const whole = emission.layerNameOf(node);
  return emitMerged(node, emission, (out) => {
    const joined = out ?? emission.blobName(`${whole}_concatenated_bilstm_output`);
    emission.add(whole, { biDirectionalLSTM }, [x, ...states.inputs], [joined, ...states.outputs]);
    return { joined };
  });
}

/** Two layers, one of them reading backward; its sequence is turned round to input time. */
function emitTwoWays(
  node: Node<RecurrentOp>,
  emission: Emission,
  activations: readonly ActivationParams[],
): string {
  const [forward, backward = forward] = cellWeights(node.op);
  const x = emission.read(node, SEQUENCE).name;
  const states = stateBlobs(node, emission);
  const name = emission.layerNameOf(node);
  const run = (way: string, weights: CellWeights, index: number): string => {
    const out = emission.blobName(`${name}_${way}_output`);
    const body = cellBody(node, emission, weights, { activations, reverse: index === 1 });
    const inputs = states.inputs.slice(index, index + 1);
    emission.add(
      `${name}_${way}`,
      body,
      [x, ...inputs],
      [out, ...states.outputs.slice(index, index + 1)],
    );
    return out;
  };
  return emitMerged(node, emission, (): DirectionOutput => {
    const ahead = run("forward", forward, 0);
    const back = run("backward", backward, 1);
    if (!node.op.returnSequences) return { forward: ahead, backward: back };
    const turned = emission.blobName(`${name}_backward_turned`);
    emission.add(
      `${name}_backward_turn`,
      { reverse: { reverseDim: [true, false, false, false, false] } },
      [back],
      [turned],
    );
    return { forward: ahead, backward: turned };
  });
}

interface CellRun {
  readonly activations: readonly ActivationParams[];
  readonly reverse: boolean;
}

function cellBody(
  node: Node<RecurrentOp>,
  emission: Emission,
  weights: CellWeights,
  { activations, reverse }: CellRun,
): LayerBody {
  const { cell, units, returnSequences } = node.op;
  const params = (ref: CellWeights["kernel"]) => emission.weights(node, ref);
  const sizes = { inputVectorSize: weights.kernel.shape[0], outputVectorSize: units };
  const order = reverse ? { reverseInput: true } : {};
  const sequence = returnSequences ? { sequenceOutput: true } : {};
  if (cell === "simple") {
    const simple = simpleWeights(weights, params);
    return {
      simpleRecurrent: { ...sizes, activation: activations[0], ...sequence, ...simple, ...order },
    };
  }
  if (cell === "gru") {
    return {
      gru: { ...sizes, activations, ...sequence, ...gruWeights(weights, units, params), ...order },
    };
  }
  const weightParams = lstmWeights(weights, units, params);
  return {
    uniDirectionalLSTM: {
      ...sizes,
      activations,
      params: lstmParams(node.op),
      weightParams,
      ...order,
    },
  };
}

/** `forgetBias` stays off: the stored bias holds the 1 already. The clip is set out of reach, since 0 would mean 50. */
function lstmParams(op: RecurrentOp) {
  return {
    ...(op.returnSequences ? { sequenceOutput: true } : {}),
    ...(op.weights.bias === undefined ? {} : { hasBiasVectors: true }),
    cellClipThreshold: 50000,
  };
}

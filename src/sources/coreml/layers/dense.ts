import type { Op } from "../../../ir/ops/index.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { transposeWeight } from "../../../weights/transpose.ts";
import { type Blob, placedAxes } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { emitScaled } from "./affine-steps.ts";
import { flattenTail } from "./flat.ts";

/**
 * From four axes on channels, height and width are flattened in this order first; below that the last axis is multiplied.
 * @see NeuralNetwork.proto InnerProductLayerParams
 */
export const innerProduct = on("innerProduct", (params, call) => {
  if (params.int8DynamicQuantize === true) refuseDynamic(call);
  const x = call.input(0, 1);
  const rank = x.axes.length;
  const units = params.outputChannels ?? 0;
  const inputs = params.inputChannels ?? 0;
  const matrix = call.weight(params.weights, [units, inputs], "weights");
  const bias = call.optionalWeight(params.hasBias, params.bias, [units], "bias");
  if (rank < 4) return multiplyAxis(call, x, rank - 1, transposeWeight(matrix, [1, 0]), bias);
  const flat = [rank - 3, rank - 2, rank - 1];
  const dims = call.dims(x);
  const wide = flat.filter((index) => dims[index] !== 1);
  if (wide.length === 0 || (wide.length === 1 && wide[0] === rank - 3)) {
    return multiplyAxis(call, x, rank - 3, transposeWeight(matrix, [1, 0]), bias);
  }
  const { value, places, order } = flattenTail(call, x, inputs);
  const sizes = flat.map((index) => dims[index] ?? inputs / knownSize(dims, flat));
  const block = reshapeWeight(matrix, [units, ...sizes]);
  const turned = transposeWeight(block, [0, ...order.map((index) => index - (rank - 3) + 1)]);
  const kernel = transposeWeight(reshapeWeight(turned, [units, inputs]), [1, 0]);
  call.finish(call.emit(denseOp(kernel, bias), value), x.axes, places);
});

/**
 * A product of matrices, or with a stored one.
 * @see NeuralNetwork.proto BatchedMatMulLayerParams
 */
export const batchedMatmul = on("batchedMatmul", (params, call) => {
  if (params.int8DynamicQuantize === true) refuseDynamic(call);
  const x = call.input(0, 1);
  if (call.inputCount < 2) {
    const depth = params.weightMatrixFirstDimension ?? 0;
    const columns = params.weightMatrixSecondDimension ?? 0;
    const matrix = call.weight(params.weights, [columns, depth], "weights");
    const bias = call.optionalWeight(params.hasBias, params.bias, [columns], "bias");
    const kernel = transposeWeight(matrix, [1, 0]);
    return multiplyAxis(call, x, x.axes.length - 1, kernel, bias);
  }
  const y = call.operand(1);
  const { transposeA = false, transposeB = false } = params;
  const right = matrixOf(y);
  if (right !== undefined && !transposeA && x.axes.length >= y.axes.length) {
    const kernel = transposeB ? transposeWeight(right, [1, 0]) : right;
    return multiplyAxis(call, x, x.axes.length - 1, kernel, undefined);
  }
  lowerMatmul(call, x, call.input(1, 1), { transposeA, transposeB });
});

/** Inner product over channels, or its cosine. @see NeuralNetwork.proto DotProductLayerParams */
export const dot = on("dot", ({ cosineSimilarity }, call) => {
  const a = call.input(0, 3);
  const b = call.input(1, 3);
  const channel = a.axes.length - 3;
  const lead = [...new Set([...placedAxes(a), ...placedAxes(b)])].filter(
    (index) => index < channel,
  );
  const normalize = cosineSimilarity === true;
  const places = [channel];
  if (lead.length === 0 && a.axes.length === b.axes.length) {
    const values = [call.arrange(a, places), call.arrange(b, places)];
    const op: Op = { kind: "dot", axes: [1, 1], normalize, weights: {} };
    return call.finish(call.emit(op, ...values), a.axes, places);
  }
  const all = [...lead.sort((one, other) => one - other), channel];
  const sides = [a, b].map((blob) => {
    const value = call.arrange(blob, all);
    return normalize
      ? call.emit({ kind: "unitNorm", axes: [all.length], weights: {} }, value)
      : value;
  });
  const product = call.emit({ kind: "merge", fn: "multiply", weights: {} }, ...sides);
  const sum: Op = { kind: "reduce", fn: "sum", axes: [all.length], keepDims: true, weights: {} };
  call.finish(call.emit(sum, product), a.axes, all);
});

/** Multiplies one axis of a blob by a matrix `[in, out]`. */
export function multiplyAxis(
  call: LayerCall,
  x: Blob,
  axis: number,
  kernel: WeightRef,
  bias: WeightRef | undefined,
): void {
  call.touch(x, axis);
  if (call.dims(x)[axis] === null) call.guessLength(kernel.shape[0] ?? 1);
  const places = [...placedAxes(x).filter((index) => index !== axis), axis];
  call.finish(call.emit(denseOp(kernel, bias), call.arrange(x, places)), x.axes, places);
}

function denseOp(kernel: WeightRef, bias: WeightRef | undefined): Op {
  return { kind: "dense", weights: { kernel, ...(bias === undefined ? {} : { bias }) } };
}

/** A constant that is a single matrix. */
function matrixOf({ constant }: Blob): WeightRef | undefined {
  if (constant === undefined || constant.shape.length < 2) return undefined;
  const lead = constant.shape.slice(0, -2);
  return lead.every((dim) => dim === 1)
    ? reshapeWeight(constant, constant.shape.slice(-2))
    : undefined;
}

function lowerMatmul(
  call: LayerCall,
  x: Blob,
  y: Blob,
  flags: { readonly transposeA: boolean; readonly transposeB: boolean },
): void {
  if (x.axes.length < 2 || y.axes.length < 2) call.refuse("it multiplies a matrix by a vector");
  const rank = Math.max(x.axes.length, y.axes.length);
  const fromEnd = (blob: Blob): readonly number[] =>
    placedAxes(blob).map((index) => index - blob.axes.length);
  const lead = [...new Set([...fromEnd(x), ...fromEnd(y)])]
    .filter((index) => index < -2)
    .sort((a, b) => a - b);
  const all = [...lead, -2, -1];
  const places = (blob: Blob): readonly number[] => all.map((index) => index + blob.axes.length);
  if (lead.some((index) => index + x.axes.length < 0 || index + y.axes.length < 0)) {
    call.refuse("it multiplies matrices with different numbers of axes before them");
  }
  const values = [call.arrange(x, places(x)), call.arrange(y, places(y))];
  const value = call.emit({ kind: "matmul", ...flags, weights: {} }, ...values);
  const base = x.axes.length === rank ? x : y;
  call.finish(value, base.axes, places(base));
}

function knownSize(dims: readonly (number | null)[], flat: readonly number[]): number {
  return flat.reduce((size, index) => size * (dims[index] ?? 1), 1);
}

function refuseDynamic(call: LayerCall): never {
  return call.refuse("it quantises its input at run time");
}

/** Row lookup along the axes before channels. @see NeuralNetwork.proto EmbeddingLayerParams */
export const embedding = on("embedding", (params, call) => {
  const x = call.input(0, 4);
  const rank = x.axes.length;
  const steps = rank - 5;
  if (steps >= 0) call.touch(x, steps);
  const size = params.outputChannels ?? 0;
  const table = call.weight(params.weights, [size, params.inputDim ?? 0], "weights");
  const bias = call.optionalWeight(params.hasBias, params.bias, [size], "bias");
  const lead = placedAxes(x).filter((index) => index < rank - 3);
  lookUp(call, x, { table, bias, lead, last: rank - 3 });
});

/** The last axis holds an index and becomes a vector. @see NeuralNetwork.proto EmbeddingNDLayerParams */
export const embeddingND = on("embeddingND", (params, call) => {
  const x = call.input(0, 2);
  const last = x.axes.length - 1;
  const size = params.embeddingSize ?? 0;
  const table = call.weight(params.weights, [size, params.vocabSize ?? 0], "weights");
  const bias = call.optionalWeight(params.hasBias, params.bias, [size], "bias");
  const lead = placedAxes(x).filter((index) => index !== last);
  lookUp(call, x, { table, bias, lead, last });
});

function lookUp(
  call: LayerCall,
  x: Blob,
  {
    table,
    bias,
    lead,
    last,
  }: {
    readonly table: WeightRef;
    readonly bias: WeightRef | undefined;
    readonly lead: readonly number[];
    readonly last: number;
  },
): void {
  const embeddings = transposeWeight(table, [1, 0]);
  const value = call.emit({ kind: "embedding", weights: { embeddings } }, call.arrange(x, lead));
  const biased = bias === undefined ? value : emitScaled(call, value, { offset: bias });
  call.finish(biased, x.axes, [...lead, last]);
}

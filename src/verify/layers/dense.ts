import { type LayerCall, on } from "../call.ts";
import { multiplyBatches, multiplyRows } from "../products.ts";
import { emptyTensor, reshaped, sizeOf, type Tensor, transposed } from "../tensor.ts";

/**
 * Up to rank 3 the last axis is multiplied; from rank 4 on channels, height and width are flattened
 * in this order first.
 *
 * @see NeuralNetwork.proto InnerProductLayerParams
 */
export const innerProduct = on("innerProduct", (params, call) => {
  if (params.int8DynamicQuantize === true) refuseDynamic(call);
  const x = call.input(0, 1);
  const flattened = x.shape.length >= 4;
  const lead = x.shape.slice(0, flattened ? -3 : -1);
  const depth = sizeOf(x.shape.slice(lead.length));
  const rows = params.outputChannels ?? 0;
  call.require(
    depth === (params.inputChannels ?? 0),
    `has inputChannels ${params.inputChannels ?? 0}, but ${depth} numbers enter`,
  );
  const weights = call.weights(params.weights, [rows, depth], "weights");
  const bias = call.optionalWeights(params.hasBias, params.bias, [rows], "bias");
  const result = emptyTensor([...lead, rows, ...(flattened ? [1, 1] : [])]);
  multiplyRows(x, weights, rows, depth, bias, result);
  return result;
});

/**
 * Axis -3 holds an index and becomes a vector.
 *
 * @see NeuralNetwork.proto EmbeddingLayerParams
 */
export const embedding = on("embedding", (params, call) => {
  const x = call.input(0, 4);
  call.require(
    x.shape.slice(-3).every((size) => size === 1),
    `needs a blob that ends in 1, 1, 1, but gets [${x.shape}]`,
  );
  const size = params.outputChannels ?? 0;
  const vocabulary = params.inputDim ?? 0;
  const table = call.weights(params.weights, [size, vocabulary], "weights");
  const bias = call.optionalWeights(params.hasBias, params.bias, [size], "bias");
  const vectors = lookUp(call, x, table, vocabulary, size, bias);
  return reshaped(vectors, [...x.shape.slice(0, -3), size, 1, 1]);
});

/**
 * The last axis holds an index and becomes a vector.
 *
 * @see NeuralNetwork.proto EmbeddingNDLayerParams
 */
export const embeddingND = on("embeddingND", (params, call) => {
  const x = call.input(0, 2);
  call.require(x.shape.at(-1) === 1, `needs a last axis of 1, but gets [${x.shape}]`);
  const size = params.embeddingSize ?? 0;
  const vocabulary = params.vocabSize ?? 0;
  const table = call.weights(params.weights, [size, vocabulary], "weights");
  const bias = call.optionalWeights(params.hasBias, params.bias, [size], "bias");
  const vectors = lookUp(call, x, table, vocabulary, size, bias);
  return reshaped(vectors, [...x.shape.slice(0, -1), size]);
});

/**
 * With one input the second matrix is stored, column by column: as its transpose `[X2, X1]`.
 *
 * @see NeuralNetwork.proto BatchedMatMulLayerParams
 */
export const batchedMatmul = on("batchedMatmul", (params, call) => {
  if (params.int8DynamicQuantize === true) refuseDynamic(call);
  if (call.inputCount > 1) {
    const left = matrixInput(call, 0, params.transposeA === true);
    return multiplyBatches(call, left, matrixInput(call, 1, params.transposeB === true));
  }
  const x = call.input(0, 1);
  const depth = params.weightMatrixFirstDimension ?? 0;
  const rows = params.weightMatrixSecondDimension ?? 0;
  call.require(
    x.shape.at(-1) === depth,
    `multiplies ${depth} numbers, but its input is [${x.shape}]`,
  );
  const weights = call.weights(params.weights, [rows, depth], "weights");
  const bias = call.optionalWeights(params.hasBias, params.bias, [rows], "bias");
  const result = emptyTensor([...x.shape.slice(0, -1), rows]);
  multiplyRows(x, weights, rows, depth, bias, result);
  return result;
});

function lookUp(
  call: LayerCall,
  x: Tensor,
  table: Float32Array,
  vocabulary: number,
  size: number,
  bias: Float32Array | undefined,
): Tensor {
  const result = emptyTensor([x.data.length, size]);
  x.data.forEach((index, item) => {
    call.require(
      Number.isInteger(index) && index >= 0 && index < vocabulary,
      `looks up ${index} in a table of ${vocabulary}`,
    );
    for (let at = 0; at < size; at++) {
      result.data[item * size + at] = (table[at * vocabulary + index] ?? 0) + (bias?.[at] ?? 0);
    }
  });
  return result;
}

/** A one-dimensional left side is a row, a one-dimensional right side a column. */
function matrixInput(call: LayerCall, index: 0 | 1, flip: boolean): Tensor {
  const tensor = call.input(index, 1);
  const [size = 1] = tensor.shape;
  if (tensor.shape.length === 1) return reshaped(tensor, index === 0 ? [1, size] : [size, 1]);
  if (!flip) return tensor;
  const axes = tensor.shape.map((_, axis) => axis);
  return transposed(tensor, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

function refuseDynamic(call: LayerCall): never {
  return call.fail("quantises its input at run time, which is not computed here", "unsupported");
}

import { weightsIn } from "../formats/coreml/layer-weights.ts";
import type { Model, NeuralNetworkLayer, WeightParams } from "../formats/coreml/types.gen.ts";
import { layerWeightShape } from "../formats/coreml/weight-shapes.ts";
import { countStored, storedNumbers } from "../formats/coreml/weight-values.ts";
import { sizeOf } from "../ir/tensor.ts";
import type { ArrayFacts } from "../report/inspection.ts";
import { statisticsOf } from "../weights/statistics.ts";
import { networkIn } from "./coreml-preprocessing.ts";
import { NO_NUMBERS } from "./inspect-numbers.ts";

/** Every weight of a network's layers, also of layers that nothing else here knows, with statistics on demand. */
export function networkWeights(model: Model, statistics: boolean): readonly ArrayFacts[] {
  const found: ArrayFacts[] = [];
  for (const { path, message } of networkIn(model).layers) {
    for (const [field, params] of weightsIn(message)) {
      found.push(weightFacts(`${path}/${field}`, message, field, params, statistics));
    }
  }
  return found;
}

function weightFacts(
  path: string,
  layer: NeuralNetworkLayer,
  field: string,
  params: WeightParams,
  statistics: boolean,
): ArrayFacts {
  const { shape: stated, channelAxis } = layerWeightShape(layer, field);
  const count = countOf(params);
  const fits = stated !== undefined && sizeOf(stated) <= count && sizeOf(stated) > count - 8;
  const shape = fits ? stated : [count];
  const numbers = statistics ? storedNumbers(params, shape, channelAxis) : "";
  const { dtype, storage } = kindOf(params);
  const read = typeof numbers === "string" ? undefined : numbers;
  return {
    path,
    shape,
    dtype,
    storage,
    ...(read === undefined ? NO_NUMBERS : statisticsOf({ shape, readInto: read.readInto })),
  };
}

/** Numbers that a carrier can hold; of codes, those that fill the last byte too. */
function countOf(params: WeightParams): number {
  const stored = countStored(params);
  if (stored !== undefined && stored > 0) return stored;
  const bits = params.quantization?.numberOfBits ?? 8;
  const bytes = (params.rawValue ?? params.int8RawValue)?.byteLength ?? 0;
  return bits >= 1 && bits <= 8 ? Math.floor((bytes * 8) / bits) : bytes;
}

function kindOf({ float16Value, rawValue, int8RawValue, quantization }: WeightParams): {
  readonly dtype: string;
  readonly storage: string;
} {
  if (rawValue !== undefined && rawValue.byteLength > 0) {
    const table = quantization?.lookupTableQuantization !== undefined;
    const storage = table ? "lookup table" : "linear";
    return { dtype: `${quantization?.numberOfBits ?? 8}-bit`, storage };
  }
  if (int8RawValue !== undefined && int8RawValue.byteLength > 0) {
    return { dtype: "int8", storage: "of inputs quantised at run time" };
  }
  const half = float16Value !== undefined && float16Value.byteLength > 0;
  return { dtype: half ? "float16" : "float32", storage: "contiguous" };
}

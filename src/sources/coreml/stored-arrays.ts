import { layerKindOf } from "../../formats/coreml/network.ts";
import type { NeuralNetworkLayer, WeightParams } from "../../formats/coreml/types.gen.ts";
import { carriersOf, countStored } from "../../formats/coreml/weight-values.ts";
import type { WeightSummary } from "../../ir/model-summary.ts";

/** Every array that a layer of a network holds, with its size in the file. */
export function storedArrays(layer: NeuralNetworkLayer): readonly WeightSummary[] {
  const kind = layerKindOf(layer);
  if (kind === undefined) return [];
  const name = layer.name ?? "";
  const found: WeightSummary[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (!isRecord(value) || depth > DEEPEST) return;
    if (isWeightParams(value)) {
      const count = countOf(value, layer, path);
      const trainable = layer.isUpdatable === true && value.isUpdatable === true;
      if (count > 0)
        found.push({ id: `${name}/${path}`, count, ...storageOf(value, count), trainable });
      return;
    }
    for (const [key, inner] of Object.entries(value))
      visit(inner, path === "" ? key : `${path}/${key}`, depth + 1);
  };
  visit(layer[kind], "", 0);
  return found;
}

/** Deeper than any layer's parameters are. */
const DEEPEST = 6;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  const plain = typeof value === "object" && value !== null;
  return plain && !ArrayBuffer.isView(value) && !("chunks" in value);
}

const CARRIER_KEYS = ["floatValue", "float16Value", "rawValue", "int8RawValue"] as const;

function isWeightParams(value: object): value is WeightParams {
  return CARRIER_KEYS.some((key) => key in value) && !("scale" in value);
}

function storageOf(params: WeightParams, count: number): Pick<WeightSummary, "dtype" | "bytes"> {
  const [carrier] = carriersOf(params);
  if (carrier === "float16Value") return { dtype: "float16", bytes: 2 * count };
  if (carrier === undefined || carrier === "floatValue")
    return { dtype: "float32", bytes: 4 * count };
  const dtype = carrier === "int8RawValue" ? "int8" : "uint8";
  const { rawValue, int8RawValue } = params;
  return { dtype, bytes: (rawValue ?? int8RawValue)?.byteLength ?? 0 };
}

/** How many numbers there are: codes are padded to whole bytes, so that sizes of the layer decide where they can. */
function countOf(params: WeightParams, layer: NeuralNetworkLayer, path: string): number {
  const [carrier] = carriersOf(params);
  if (carrier !== "rawValue" && carrier !== "int8RawValue") return countStored(params) ?? 0;
  const bytes = (params.rawValue ?? params.int8RawValue)?.byteLength ?? 0;
  const bits = carrier === "rawValue" ? params.quantization?.numberOfBits || 8 : 8;
  const most = Math.floor((8 * bytes) / bits);
  const stated = path === "bias" ? outputsOf(layer) : kernelOf(layer);
  const fits = stated !== undefined && stated <= most && most - stated < 8;
  return fits ? stated : most;
}

function outputsOf({
  convolution,
  innerProduct,
  embedding,
}: NeuralNetworkLayer): number | undefined {
  return (convolution ?? innerProduct ?? embedding)?.outputChannels;
}

function kernelOf({
  convolution,
  innerProduct,
  embedding,
}: NeuralNetworkLayer): number | undefined {
  if (innerProduct !== undefined) {
    return (innerProduct.inputChannels ?? 0) * (innerProduct.outputChannels ?? 0);
  }
  if (embedding !== undefined) return (embedding.inputDim ?? 0) * (embedding.outputChannels ?? 0);
  if (convolution === undefined) return undefined;
  const [height = 3, width = 3] = convolution.kernelSize ?? [];
  const { outputChannels = 0, kernelChannels = 0, nGroups, isDeconvolution } = convolution;
  const out = isDeconvolution === true ? outputChannels / (nGroups || 1) : outputChannels;
  return out * kernelChannels * height * width;
}

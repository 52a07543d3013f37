import { toBytes, toFloat32 } from "../formats/coreml/carriers.ts";
import type { QuantizationParams, WeightParams } from "../formats/coreml/types.gen.ts";
import { halfToFloat32 } from "./half.ts";
import { around, sizeOf } from "./tensor.ts";

/**
 * The numbers of a `WeightParams`, whatever carries them, or what is wrong with it. Compact
 * carriers are unpacked once per message and kept.
 *
 * @see NeuralNetwork.proto WeightParams, QuantizationParams
 */
export function readWeights(
  params: WeightParams | undefined,
  shape: readonly number[],
  channelAxis: number,
): Float32Array | string {
  if (params === undefined) return "the weights are missing";
  const known = unpacked.get(params);
  if (known !== undefined) return known;
  const carriers = CARRIERS.filter((name) => {
    const carrier = params[name];
    return carrier !== undefined && ("length" in carrier ? carrier.length : carrier.byteLength) > 0;
  });
  if (carriers.length > 1) return `weights in two carriers, ${carriers.join(" and ")}`;
  const values = unpack(params, carriers[0] ?? "floatValue", shape, channelAxis);
  if (typeof values !== "string") unpacked.set(params, values);
  return values;
}

const CARRIERS = ["floatValue", "float16Value", "rawValue", "int8RawValue"] as const;
const unpacked = new WeakMap<WeightParams, Float32Array>();

function unpack(
  params: WeightParams,
  carrier: (typeof CARRIERS)[number],
  shape: readonly number[],
  channelAxis: number,
): Float32Array | string {
  switch (carrier) {
    case "floatValue":
      return toFloat32(params.floatValue);
    case "float16Value":
      return halfToFloat32(toBytes(params.float16Value));
    case "rawValue":
      return dequantize(toBytes(params.rawValue), params.quantization, shape, channelAxis);
    case "int8RawValue":
      return "int8RawValue quantises the input at run time, which is not computed here";
  }
}

function dequantize(
  bytes: Uint8Array,
  quantization: QuantizationParams | undefined,
  shape: readonly number[],
  channelAxis: number,
): Float32Array | string {
  const bits = quantization?.numberOfBits ?? 0;
  if (!(bits >= 1 && bits <= 8)) return `${bits} bits per number, expected 1 to 8`;
  const count = sizeOf(shape);
  const expected = Math.ceil((count * bits) / 8);
  if (bytes.length !== expected) return `${bytes.length} bytes, expected ${expected}`;
  const codes = unpackBits(bytes, bits, count);
  const table = quantization?.lookupTableQuantization;
  if (table !== undefined) {
    const values = toFloat32(table.floatValue);
    if (values.length !== 2 ** bits) return `a table of ${values.length}, expected ${2 ** bits}`;
    return Float32Array.from(codes, (code) => values[code] ?? 0);
  }
  const linear = quantization?.linearQuantization;
  if (linear === undefined) return "rawValue without quantization";
  return scaleCodes(codes, toFloat32(linear.scale), toFloat32(linear.bias), shape, channelAxis);
}

/** A bit stream, each value most significant bit first, without alignment. */
function unpackBits(bytes: Uint8Array, bits: number, count: number): Uint8Array {
  const codes = new Uint8Array(count);
  for (let index = 0, position = 0; index < count; index++) {
    let code = 0;
    for (let bit = 0; bit < bits; bit++, position++) {
      code = (code << 1) | (((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1);
    }
    codes[index] = code;
  }
  return codes;
}

/** `value = scale * code + bias`, with one pair for all or one per channel. */
function scaleCodes(
  codes: Uint8Array,
  scale: Float32Array,
  bias: Float32Array,
  shape: readonly number[],
  channelAxis: number,
): Float32Array | string {
  const [, channels, inner] = around(shape, channelAxis);
  for (const vector of [scale, bias]) {
    if (vector.length > 1 && vector.length !== channels) {
      return `${vector.length} quantisation scales or biases for ${channels} channels`;
    }
  }
  return Float32Array.from(codes, (code, index) => {
    const channel = Math.floor(index / inner) % channels;
    const factor = scale[scale.length === 1 ? 0 : channel] ?? 1;
    return code * factor + (bias[bias.length === 1 ? 0 : channel] ?? 0);
  });
}

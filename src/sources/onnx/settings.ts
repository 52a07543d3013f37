import { toBytes, toFloat32 } from "../../formats/coreml/carriers.ts";
import { elementType, tensorWeight } from "../../formats/onnx/tensor-values.ts";
import type { AttributeProto, TensorProto } from "../../formats/onnx/types.gen.ts";
import { readFloat64, sizeOf } from "../../ir/tensor.ts";
import type { Json, JsonObject } from "../../json.ts";

/** How a node is set: its attributes, and what it reads that is small and no weight. */
export function settingsOf(attributes: readonly AttributeProto[]): JsonObject {
  return Object.fromEntries(
    attributes.flatMap(({ name = "", ...attribute }) => {
      const value = settingOf(attribute);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Scalars, and short lists of whole numbers and truth values: sizes and axes, no weights. */
export function isSetting({ dims = [], dataType }: TensorProto): boolean {
  const { name, width } = elementType(dataType);
  if (dims.length === 0) return width > 0;
  return dims.length === 1 && sizeOf(dims) <= LONGEST && /^(?:u?int|bool)/.test(name);
}

/** The numbers of a small tensor; undefined for what is not read. */
export function settingIn(tensor: TensorProto): Json | undefined {
  if (sizeOf(tensor.dims ?? []) > LONGEST) return undefined;
  const weight = tensorWeight(tensor, {});
  if (weight === undefined) return undefined;
  const numbers = [...readFloat64(weight)];
  return weight.shape.length === 0 ? numbers[0] : numbers;
}

/** Longer lists are no settings. */
const LONGEST = 32;
const LONGEST_TEXT = 1000;

function settingOf(attribute: AttributeProto): Json | undefined {
  const { f, i, s, t, floats, ints, strings } = attribute;
  if (i !== undefined) return i;
  if (f !== undefined) return Number(f.toPrecision(7));
  if (s !== undefined && s.byteLength <= LONGEST_TEXT) return decoder.decode(toBytes(s));
  if (t !== undefined) return settingIn(t);
  if (ints !== undefined && ints.length <= LONGEST) return ints;
  if (strings !== undefined && strings.length <= LONGEST) {
    return strings.map((text) => decoder.decode(toBytes(text)).slice(0, LONGEST_TEXT));
  }
  if (floats === undefined || sizeIn(floats) > LONGEST) return undefined;
  return [...toFloat32(floats)];
}

function sizeIn(floats: NonNullable<AttributeProto["floats"]>): number {
  return "byteLength" in floats ? floats.byteLength / 4 : floats.length;
}

const decoder = new TextDecoder();

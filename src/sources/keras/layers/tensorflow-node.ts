import type { Json, JsonObject } from "../../../json.ts";
import type { CallArgument, LayerCall } from "../layer-spec.ts";
import { isList } from "./numbers.ts";
import type { Operation } from "./operation.ts";

/** The operation of a `TensorFlowOpLayer` (tf.keras 2.0 to 2.3), and its name in TensorFlow's graphs. */
export function tensorFlowNode(call: LayerCall): {
  readonly operation: Operation;
  readonly name: string;
} {
  const node = asObject(call.config.raw("node_def"));
  const attributes = asObject(node.attr);
  const constants = asObject(call.config.raw("constants"));
  const operands = placeConstants(call, constants);
  const name = typeof node.op === "string" ? node.op : "";
  const trailing = name === "ConcatV2" ? operands.at(-1) : undefined;
  return {
    name,
    operation: {
      call: trailing === undefined ? call : { ...call, args: operands.slice(0, -1) },
      operand: (index) => operands[index],
      option(...names) {
        if (trailing !== undefined && "literal" in trailing && names.includes("axis")) {
          return trailing.literal;
        }
        const named = POSITIONAL.find((entry) => names.includes(entry.name));
        const positional = named && operands[named.index];
        if (positional !== undefined && "literal" in positional) return positional.literal;
        for (const key of names) {
          const value = attributeValue(attributes[key]);
          if (value !== undefined) return value;
        }
        return undefined;
      },
    },
  };
}

/** Options that are operands in TensorFlow's graphs. */
const POSITIONAL = [
  { name: "axis", index: 1 },
  { name: "size", index: 1 },
  { name: "clip_value_min", index: 1 },
  { name: "clip_value_max", index: 2 },
] as const;

/** Constants stand by index among the operands; the values fill the other places. */
function placeConstants(call: LayerCall, constants: JsonObject): readonly CallArgument[] {
  const values = [...call.inputs];
  const count = values.length + Object.keys(constants).length;
  return Array.from({ length: count }, (_, index): CallArgument => {
    const literal = constants[String(index)];
    if (literal !== undefined) return { literal };
    const value = values.shift();
    return value === undefined ? call.refuse("its constants do not fit its inputs.") : { value };
  });
}

/** `{"b": true}`, `{"i": "2"}`, `{"s": "TkhXQw=="}`, `{"list": {"i": ["1"]}}`. */
function attributeValue(attribute: Json | undefined): Json | undefined {
  const { b, f, i, list, s, type } = asObject(attribute);
  if (b !== undefined) return b;
  if (f !== undefined) return f;
  if (typeof i === "string") return Number(i);
  if (typeof s === "string") return decodeBase64(s);
  if (type !== undefined) return type;
  const items = asObject(list).i;
  return isList(items) ? items.map(Number) : undefined;
}

/** Bytes attributes of a JSON protobuf are base64; those here are short ASCII words. */
function decodeBase64(text: string): string {
  try {
    return globalThis.atob(text);
  } catch {
    return text;
  }
}

/** An object, maybe written as a JSON text (tf.keras 2.0 and 2.1). */
function asObject(json: Json | undefined): JsonObject {
  if (typeof json === "string") {
    try {
      const parsed: unknown = JSON.parse(json);
      return isObject(parsed) ? parsed : {};
    } catch {
      return {};
    }
  }
  return isObject(json) ? json : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

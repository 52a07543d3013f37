import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";

/** One node of a graph model: an operation of TensorFlow. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** What it reads, without control edges. */
  readonly inputs: readonly NodeOutput[];
  /** Attributes as plain values: numbers, texts, lists of them; types and tensors are left out. */
  readonly attributes: JsonObject;
  /** What the node says of its outputs; undefined for those of any shape. */
  readonly shapes: readonly (readonly (number | null)[] | undefined)[];
}

/** Output `output` of a node, counted from 0. */
export interface NodeOutput {
  readonly node: string;
  readonly output: number;
}

/**
 * The nodes of a graph model, in the order of the file. What is no node is left out.
 *
 * @see tensorflow/core/framework/graph.proto and attr_value.proto, in the JSON of protobuf
 */
export function graphNodes(topology: Json | undefined): readonly GraphNode[] {
  const nodes = isJsonObject(topology) ? topology.node : undefined;
  if (!isJsonList(nodes)) return [];
  return nodes.flatMap((node) => {
    if (!isJsonObject(node)) return [];
    const { name, op, input, attr } = node;
    if (typeof name !== "string" || typeof op !== "string") return [];
    const attributes = isJsonObject(attr) ? attr : {};
    return [
      {
        name,
        op,
        inputs: (isJsonList(input) ? input : []).flatMap((text) => outputNamed(text) ?? []),
        attributes: plainAttributes(attributes),
        shapes: statedShapes(op, attributes),
      },
    ];
  });
}

/** The output that a text such as `name:1` names; undefined for a control edge. */
export function outputNamed(text: Json | undefined): NodeOutput | undefined {
  if (typeof text !== "string" || text.startsWith("^")) return undefined;
  const [, node = text, output = "0"] = /^(.*?):(\d{1,9})$/.exec(text) ?? [];
  return { node, output: Number(output) };
}

/** The sizes of a shape message; a negative one is free. Undefined for a shape of unknown rank. */
export function shapeIn(message: Json | undefined): readonly (number | null)[] | undefined {
  if (!isJsonObject(message) || message.unknownRank === true) return undefined;
  const { dim } = message;
  return (isJsonList(dim) ? dim : []).map((entry) => {
    const size = Number(isJsonObject(entry) ? entry.size : Number.NaN);
    return Number.isSafeInteger(size) && size >= 0 ? size : null;
  });
}

/** TensorFlow's own notes, and those of an input. */
function statedShapes(op: string, attributes: JsonObject): GraphNode["shapes"] {
  const { _output_shapes: noted, shape } = attributes;
  const list = isJsonObject(noted) && isJsonObject(noted.list) ? noted.list.shape : undefined;
  if (isJsonList(list)) return list.map(shapeIn);
  return op === "Placeholder" && isJsonObject(shape) ? [shapeIn(shape.shape)] : [];
}

function plainAttributes(attributes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => {
      const plain = key.startsWith("_") || !isJsonObject(value) ? undefined : plainValue(value);
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}

/** Longer lists and texts are no settings. */
const LONGEST = 32;
const LONGEST_TEXT = 1000;

function plainValue({ i, f, b, s, list }: JsonObject): Json | undefined {
  if (i !== undefined) return numberOf(i);
  if (f !== undefined) return numberOf(f);
  if (typeof b === "boolean") return b;
  if (s !== undefined) return textOf(s);
  if (!isJsonObject(list)) return undefined;
  const items = [list.i, list.f, list.s].find((entry) => isJsonList(entry) && entry.length > 0);
  if (!isJsonList(items) || items.length > LONGEST) return undefined;
  const read = items === list.s ? textOf : numberOf;
  return items.flatMap((item) => read(item) ?? []);
}

/** Whole numbers of 64 bits are texts in the JSON of protobuf. */
function numberOf(value: Json): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Bytes are base64; early files have them as a list. */
function textOf(value: Json): string | undefined {
  if (isJsonList(value)) {
    const bytes = value.slice(0, LONGEST_TEXT).map(Number);
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }
  if (typeof value !== "string" || value.length > LONGEST_TEXT) return undefined;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

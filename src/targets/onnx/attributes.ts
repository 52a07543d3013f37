import type { AttributeProto, GraphProto } from "../../formats/onnx/types.gen.ts";

/** Attributes of a node by name. */
export type Attributes = Readonly<Record<string, AttributeProto | undefined>>;

/** A whole number. */
export function int(i: number): AttributeProto {
  return { type: "INT", i };
}

/** Whole numbers. */
export function ints(values: readonly number[]): AttributeProto {
  return { type: "INTS", ints: values };
}

/** A number, rounded to float32. */
export function float(f: number): AttributeProto {
  return { type: "FLOAT", f };
}

/** Numbers, rounded to float32. */
export function floats(values: readonly number[]): AttributeProto {
  return { type: "FLOATS", floats: values };
}

/** A text. */
export function text(value: string): AttributeProto {
  return { type: "STRING", s: utf8.encode(value) };
}

/** Texts. */
export function texts(values: readonly string[]): AttributeProto {
  return { type: "STRINGS", strings: values.map((value) => utf8.encode(value)) };
}

/** A graph that the node runs. */
export function graph(g: GraphProto): AttributeProto {
  return { type: "GRAPH", g };
}

/** The attributes in the order in which they are written: by name. */
export function attributeList(attributes: Attributes): readonly AttributeProto[] {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [{ name, ...value }]));
}

const utf8 = new TextEncoder();

import { Writer } from "protobufjs/minimal.js";

/** A node of a TensorFlow graph. */
export interface GraphNode {
  readonly name: string;
  /** As `Conv2D`. */
  readonly op: string;
  /** Names of nodes; `name:1` is the second result of one. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** The value of an attribute; types are numbers of TensorFlow's `DataType`. @see attr_value.proto */
export type AttributeValue =
  | { readonly text: string }
  | { readonly integer: number }
  | { readonly integers: readonly number[] }
  | { readonly float: number }
  | { readonly flag: boolean }
  | { readonly type: number }
  | { readonly types: readonly number[] }
  | { readonly shape: readonly number[] }
  | { readonly tensor: TensorContent };

/** Numbers within a graph, as they lie in memory. */
export interface TensorContent {
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The file `saved_model.pb` of a graph, under the tag `serve`; without variables and signatures. @see saved_model.proto */
export function savedModel(nodes: readonly GraphNode[]): Uint8Array {
  const file = new Writer().uint32(SCHEMA_VERSION).int64(1).uint32(META_GRAPHS).fork();
  file.uint32(META_INFO).fork().uint32(TAGS).string("serve").ldelim();
  file.uint32(GRAPH).fork();
  for (const node of nodes) writeNode(file.uint32(NODE), node);
  file.uint32(VERSIONS).fork().uint32(PRODUCER).int32(GRAPH_VERSION).ldelim();
  return file.ldelim().ldelim().finish();
}

function writeNode(to: Writer, { name, op, inputs, attributes }: GraphNode): void {
  to.fork().uint32(NAME).string(name).uint32(OP).string(op);
  for (const input of inputs) to.uint32(INPUT).string(input);
  for (const [key, value] of Object.entries(attributes)) {
    to.uint32(ATTRIBUTE).fork().uint32(KEY).string(key).uint32(VALUE).fork();
    writeAttribute(to, value);
    to.ldelim().ldelim();
  }
  to.ldelim();
}

function writeAttribute(to: Writer, value: AttributeValue): void {
  if ("text" in value) to.uint32(TEXT).string(value.text);
  else if ("integer" in value) to.uint32(INTEGER).int64(value.integer);
  else if ("float" in value) to.uint32(FLOAT).float(value.float);
  else if ("flag" in value) to.uint32(FLAG).bool(value.flag);
  else if ("type" in value) to.uint32(TYPE).int32(value.type);
  else if ("types" in value) writeList(to, LIST_OF_TYPES, value.types);
  else if ("shape" in value) writeShape(to.uint32(SHAPE), value.shape);
  else if ("integers" in value) writeList(to, LIST_OF_INTEGERS, value.integers);
  else {
    const { type, shape, bytes } = value.tensor;
    writeShape(
      to.uint32(TENSOR).fork().uint32(TENSOR_TYPE).int32(type).uint32(TENSOR_SHAPE),
      shape,
    );
    to.uint32(CONTENT).bytes(bytes).ldelim();
  }
}

function writeList(to: Writer, kind: number, numbers: readonly number[]): void {
  to.uint32(LIST).fork().uint32(kind).fork();
  for (const one of numbers) to.int64(one);
  to.ldelim().ldelim();
}

function writeShape(to: Writer, shape: readonly number[]): void {
  to.fork();
  for (const size of shape) to.uint32(DIM).fork().uint32(SIZE).int64(size).ldelim();
  to.ldelim();
}

/** What nodes of today mean, in TensorFlow's count of changes. @see tensorflow/core/public/version.h */
const GRAPH_VERSION = 987;

/** Field numbers with their wire types. @see saved_model.proto, meta_graph.proto, graph.proto, node_def.proto */
const [SCHEMA_VERSION, META_GRAPHS] = [field(1, 0), field(2, 2)];
const [META_INFO, GRAPH, TAGS] = [field(1, 2), field(2, 2), field(4, 2)];
const [NODE, VERSIONS, PRODUCER] = [field(1, 2), field(4, 2), field(1, 0)];
const [NAME, OP, INPUT, ATTRIBUTE] = [field(1, 2), field(2, 2), field(3, 2), field(5, 2)];
const [KEY, VALUE] = [field(1, 2), field(2, 2)];
/** @see attr_value.proto AttrValue, AttrValue.ListValue */
const [LIST, TEXT, INTEGER, FLOAT] = [field(1, 2), field(2, 2), field(3, 0), field(4, 5)];
const [FLAG, TYPE, SHAPE, TENSOR] = [field(5, 0), field(6, 0), field(7, 2), field(8, 2)];
const [LIST_OF_INTEGERS, LIST_OF_TYPES] = [field(3, 2), field(6, 2)];
/** @see tensor.proto TensorProto, tensor_shape.proto */
const [TENSOR_TYPE, TENSOR_SHAPE, CONTENT] = [field(1, 0), field(2, 2), field(4, 2)];
const [DIM, SIZE] = [field(2, 2), field(1, 0)];

function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

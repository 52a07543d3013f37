import type { Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import {
  bindingNumber,
  type NodeAttribute,
  type NodeBackend,
  nodeBackend,
} from "./node-backend.ts";

/** The value of an attribute; a plain number is a whole one. */
export type OpAttribute =
  | string
  | boolean
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly type: "float32" | "int32" };

/** Attributes by TensorFlow's names. */
export type OpAttributes = Readonly<Record<string, OpAttribute>>;

/** TensorFlow's own operations, those that tfjs has no kernel for included. */
export interface TensorFlowOps {
  /** Runs one with a single result. */
  one(op: string, inputs: readonly Tensor[], attributes: OpAttributes): Tensor;
  /** Runs one with so many results. */
  many(op: string, inputs: readonly Tensor[], attributes: OpAttributes, count: number): Tensor[];
}

/** What runs TensorFlow's operations; undefined unless the active backend is that of tfjs-node. */
export function tensorflowOps(): TensorFlowOps | undefined {
  const active = nodeBackend();
  if (active === undefined) return undefined;
  const known = OPS.get(active);
  if (known !== undefined) return known;
  const ops = opsOf(active);
  OPS.set(active, ops);
  return ops;
}

/** The attribute that says what type of numbers an operation works on. */
export const FLOATS: OpAttributes = { T: { type: "float32" } };

const OPS = new WeakMap<object, TensorFlowOps>();

function opsOf(node: NodeBackend): TensorFlowOps {
  const numberOf = (name: string): number => bindingNumber(node, name);
  const kinds = {
    string: numberOf("TF_ATTR_STRING"),
    boolean: numberOf("TF_ATTR_BOOL"),
    integer: numberOf("TF_ATTR_INT"),
    float: numberOf("TF_ATTR_FLOAT"),
    type: numberOf("TF_ATTR_TYPE"),
  };
  const types = { float32: numberOf("TF_FLOAT"), int32: numberOf("TF_INT32") };
  const written = ([name, value]: readonly [string, OpAttribute]): NodeAttribute => {
    if (typeof value === "string") return { name, type: kinds.string, value };
    if (typeof value === "boolean") return { name, type: kinds.boolean, value };
    if (typeof value === "number") return { name, type: kinds.integer, value };
    if ("float" in value) return { name, type: kinds.float, value: value.float };
    if ("type" in value) return { name, type: kinds.type, value: types[value.type] };
    return { name, type: kinds.integer, value };
  };
  const many: TensorFlowOps["many"] = (op, inputs, attributes, count) =>
    node.executeMultipleOutputs(op, Object.entries(attributes).map(written), inputs, count);
  return {
    many,
    one: (op, inputs, attributes) =>
      many(op, inputs, attributes, 1)[0] ?? fail("internal", `${op} gave nothing.`),
  };
}

import type { Graph } from "../../../src/ir/graph.ts";
import { readFloat32, type WeightRef } from "../../../src/ir/tensor.ts";
import type { JsonObject } from "../../../src/json.ts";
import type { GivenArray } from "./keras-file.ts";

/** What Keras 2.2.4 writes beside its weights. */
export const KERAS2 = { keras_version: "2.2.4", backend: "tensorflow" };

/** The numbers of a weight of a layer. */
export function numbers(graph: Graph, layer: string, role: string): readonly number[] {
  const node = graph.nodes.find((item) => item.origin.layer === layer && role in item.op.weights);
  const weights: Readonly<Record<string, WeightRef | undefined>> = node?.op.weights ?? {};
  const ref = weights[role];
  if (ref === undefined) throw new Error(`no ${role} in ${layer}`);
  return [...readFloat32(ref)];
}

/** A Sequential as early Keras writes it. */
export function sequential(...layers: readonly JsonObject[]): JsonObject {
  return { class_name: "Sequential", config: layers };
}

/** A Sequential with a name. */
export function namedSequential(
  name: string,
  layers: readonly JsonObject[],
  more: JsonObject = {},
): JsonObject {
  return { class_name: "Sequential", config: { name, layers, ...more } };
}

export function layer(className: string, config: JsonObject): JsonObject {
  return { class_name: className, config };
}

export function array(
  name: string,
  shape: readonly number[],
  values?: readonly number[],
): GivenArray {
  return values === undefined ? { name, shape } : { name, shape, values };
}

export function range(count: number, start = 0): readonly number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}

import type { AttributeValue, GraphNode } from "../../../formats/tensorflow/saved-model.ts";
import type { Source } from "./recorder.ts";

/** Where TensorFlow keeps a tensor between two runs of a graph. */
export interface Keeper {
  readonly place: number;
  /** The node that gives it. */
  readonly input: string;
}

/** A node that has TensorFlow keep a tensor. */
export function keepTensor(name: string, source: Source, { place, input }: Keeper): GraphNode {
  return { name, op: "Stage", inputs: [input], attributes: attributesOf(source, place) };
}

/** A node that gives the tensor that was kept; nobody holds it any longer than what reads it. */
export function takeKept(name: string, source: Source, place: number): GraphNode {
  return { name, op: "Unstage", inputs: [], attributes: attributesOf(source, place) };
}

/** A node that ends the tensor that is kept, if there is one. */
export function endKept(name: string, source: Source, place: number): GraphNode {
  return { name, op: "StageClear", inputs: [], attributes: attributesOf(source, place) };
}

function attributesOf({ type }: Source, place: number): Readonly<Record<string, AttributeValue>> {
  return {
    capacity: { integer: 0 },
    memory_limit: { integer: 0 },
    dtypes: { types: [type] },
    container: { text: "" },
    shared_name: { text: `kept_${place}` },
  };
}

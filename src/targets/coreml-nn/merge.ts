import type { Node } from "../../ir/graph.ts";
import type { ConcatOp, MergeOp } from "../../ir/ops/merge.ts";
import type { Emitters } from "../target.ts";
import type { Emission, NodeWriter } from "./emission.ts";
import {
  BATCH,
  type Blob,
  blobDims,
  CHANNEL,
  HEIGHT,
  type Layout,
  SEQ,
  WIDTH,
  withAxisAt,
} from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";
import { ADD, linear } from "./steps.ts";

/** Element-wise combinations and concatenation. */
export const mergeEmitters: Pick<Emitters<Emission>, "merge" | "concat"> = {
  merge: emitMerge,
  concat: emitConcat,
};

type Fn = MergeOp["fn"];

function emitMerge(node: Node<MergeOp>, emission: Emission): string {
  const { fn } = node.op;
  const { layout } = widest(node, emission);
  const blobs = node.inputs.map((_, index) => emission.read(node, layout, index));
  const writer = emission.write(node, layout);
  const shape = emission.shapeOf(node.outputs[0] ?? "");
  if (fn !== "divide" && fitsClassic(fn, blobs, { name: writer.out, layout, shape })) {
    return emitClassic(fn, blobs, shape, writer);
  }
  return emitBroadcast(
    fn,
    blobs.map((blob) => blob.name),
    writer,
  );
}

/** The input with the most elements decides the layout. */
function widest(node: Node, emission: Emission): Blob {
  const all = node.inputs.map((_, index) => emission.input(node, index));
  const ones = (blob: Blob): number => blob.shape.filter((dim) => dim === 1).length;
  return all.reduce((best, blob) => (ones(blob) < ones(best) ? blob : best), emission.input(node));
}

const CLASSIC: Readonly<Record<Exclude<Fn, "divide" | "subtract">, LayerBody>> = {
  add: ADD,
  multiply: { multiply: {} },
  average: { average: {} },
  maximum: { max: {} },
  minimum: { min: {} },
};

function emitClassic(
  fn: Exclude<Fn, "divide">,
  blobs: readonly Blob[],
  shape: Blob["shape"],
  writer: NodeWriter,
): string {
  // the format gives the result the first input's shape
  const first = blobs.findIndex((blob) =>
    blob.shape.every((dim, axis) => axis === 0 || dim === shape[axis]),
  );
  const names = blobs.map((blob) => blob.name);
  if (fn === "subtract") {
    const [a = "", b = ""] = names;
    const minus = writer.step("neg", linear(-1), b);
    return writer.finish(ADD, ...(first === 1 ? [minus, a] : [a, minus]));
  }
  const [front] = names.splice(Math.max(first, 0), 1);
  return writer.finish(CLASSIC[fn], front ?? "", ...names);
}

/**
 * The old layers broadcast only a channel vector, a plane or a number against a whole block, and `average`, `max` and
 * `min` not even all of these.
 * @see NeuralNetwork.proto AddLayerParams, MaxLayerParams
 */
function fitsClassic(fn: Fn, blobs: readonly Blob[], result: Blob): boolean {
  const full = blobDims(result);
  const patterns = blobs.map((blob) => patternOf(blob, full));
  if (!patterns.includes("whole")) return false;
  if (fn === "average") return patterns.every((pattern) => pattern === "whole");
  const allowed =
    fn === "maximum" || fn === "minimum"
      ? ["whole", "vector"]
      : ["whole", "vector", "plane", "number"];
  return patterns.every((pattern) => pattern !== undefined && allowed.includes(pattern));
}

function patternOf(
  blob: Blob,
  full: Blob["shape"],
): "whole" | "vector" | "plane" | "number" | undefined {
  const dims = blobDims(blob);
  const spread = [SEQ, CHANNEL, HEIGHT, WIDTH].filter((place) => dims[place] !== full[place]);
  if (spread.length === 0) return "whole";
  if (spread.includes(SEQ)) return undefined;
  const wide = [CHANNEL, HEIGHT, WIDTH].filter((place) => full[place] !== 1);
  const same = wide.filter((place) => !spread.includes(place));
  if (same.length === 0) return "number";
  if (same.length === 1 && same[0] === CHANNEL) return "vector";
  return spread.length === 1 && spread[0] === CHANNEL ? "plane" : undefined;
}

const BROADCAST: Readonly<Record<Exclude<Fn, "average">, LayerBody>> = {
  add: { addBroadcastable: {} },
  subtract: { subtractBroadcastable: {} },
  multiply: { multiplyBroadcastable: {} },
  divide: { divideBroadcastable: {} },
  maximum: { maxBroadcastable: {} },
  minimum: { minBroadcastable: {} },
};

/** Layers of specification 4, which broadcast as numpy does; subtract and divide take two inputs, all are joined in pairs. */
function emitBroadcast(fn: Fn, names: readonly string[], writer: NodeWriter): string {
  const body = BROADCAST[fn === "average" ? "add" : fn];
  const [first = "", ...others] = names;
  const last = others.pop() ?? "";
  const joined = others.reduce(
    (sum, name, index) => writer.step(`part_${index}`, body, sum, name),
    first,
  );
  if (fn !== "average") return writer.finish(body, joined, last);
  return writer.finish(linear(1 / names.length), writer.step("sum", body, joined, last));
}

/** Channels and sequences have a layer; any other axis is brought to the channels. */
function emitConcat(node: Node<ConcatOp>, emission: Emission): string {
  const { axis } = node.op;
  const own = emission.input(node).layout;
  const sequence = own[axis] === SEQ && own[0] === BATCH;
  const layout: Layout = sequence ? own : withAxisAt(own, axis, CHANNEL);
  const names = node.inputs.map((_, index) => emission.read(node, layout, index).name);
  const writer = emission.write(node, layout);
  if (names.length === 1) return writer.finish(linear(1), ...names);
  return writer.finish({ concat: sequence ? { sequenceConcat: true } : {} }, ...names);
}

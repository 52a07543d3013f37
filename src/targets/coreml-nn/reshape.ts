import type { Node } from "../../ir/graph.ts";
import type { ReshapeOp } from "../../ir/ops/shape.ts";
import type { Dim } from "../../ir/tensor.ts";
import { refuse } from "../refuse.ts";
import type { Emission } from "./emission.ts";
import {
  BATCH,
  type Blob,
  blobDims,
  CHANNEL,
  HEIGHT,
  type Layout,
  naturalLayout,
  SEQ,
  WIDTH,
  withAxisAt,
} from "./layout.ts";

/**
 * Core ML's two orders of elements: sequence, then channel, height, width, or height, width, channel. Keras'
 * order is kept when the axes of input and output stand in increasing order in one of them.
 * @see NeuralNetwork.proto ReshapeLayerParams, FlattenLayerParams
 */
const ORDERS = {
  CHANNEL_FIRST: [SEQ, CHANNEL, HEIGHT, WIDTH],
  CHANNEL_LAST: [SEQ, HEIGHT, WIDTH, CHANNEL],
} as const;

type Order = keyof typeof ORDERS;

/** To a vector with `flatten`, whatever the sizes; to anything else with `reshape`. */
export function emitReshape(node: Node<ReshapeOp>, emission: Emission): string {
  const value = node.outputs[0] ?? "";
  const shape = emission.shapeOf(value);
  const rank = emission.input(node).shape.length;
  if (shape.length > 5 || rank > 5) {
    refuse(
      node,
      `values of ${Math.max(shape.length, rank)} axes cannot be expressed: a blob has five.`,
    );
  }
  const vector = shape.length === 2 && emission.orientationOf(value) !== "tokens";
  const flat = vector ? emitFlatten(node, emission) : undefined;
  if (flat !== undefined) return flat;
  const target = targetLayout(shape.length, emission.naturalOf(value));
  const order = orderOf(emission.input(node), target);
  const source = sortedLayout(emission.input(node), order);
  const x = emission.read(node, source).name;
  const targetShape = sizesOf(node, { layout: target, shape });
  return emission.write(node, target).finish({ reshape: { targetShape, mode: order } }, x);
}

/** Undefined where it cannot: it needs the sequence axis unused, or an axis to put it on. */
function emitFlatten(node: Node, emission: Emission): string | undefined {
  const input = emission.input(node);
  const batched =
    input.layout[0] === BATCH ? input.layout : naturalLayout(input.shape.length, "channels-last");
  const free = [HEIGHT, WIDTH].find((place) => !batched.includes(place));
  const steps = batched.indexOf(SEQ);
  const used = steps >= 0 && input.shape[steps] !== 1;
  if (used && free === undefined) return undefined;
  const flat = used && free !== undefined ? withAxisAt(batched, steps, free) : batched;
  const last = isSorted(flat, input.shape, "CHANNEL_LAST");
  const order = last ? "CHANNEL_LAST" : orderOf({ ...input, layout: flat }, [BATCH, CHANNEL]);
  const layout = sortedLayout({ ...input, layout: flat }, order);
  if (layout.includes(SEQ) && input.shape[layout.indexOf(SEQ)] !== 1) return undefined;
  const x = emission.read(node, layout, 0, `${emission.layerNameOf(node)}__permute__`).name;
  return emission.write(node, [BATCH, CHANNEL]).finish({ flatten: { mode: order } }, x);
}

/** The declared layout, or for volumes the one with the batch on its own axis. */
function targetLayout(rank: number, natural: Layout): Layout {
  return natural[0] === BATCH ? natural : naturalLayout(rank, "channels-last");
}

/** An order in which the output stands and, if possible, the input too; channels last for pictures. */
function orderOf(input: Blob, target: Layout): Order {
  const whole = target.map(() => null);
  const orders = (["CHANNEL_LAST", "CHANNEL_FIRST"] as const).filter((order) =>
    isSorted(target, whole, order),
  );
  const [first = "CHANNEL_LAST"] = orders;
  const picture = [...input.layout, ...target].some((place) => place === HEIGHT || place === WIDTH);
  const both = orders.filter((order) => isSorted(input.layout, input.shape, order));
  if (both.length === 0) return first;
  return !picture && both.includes("CHANNEL_FIRST") ? "CHANNEL_FIRST" : (both[0] ?? first);
}

function isSorted(layout: Layout, shape: readonly Dim[], order: Order): boolean {
  if (layout[0] !== BATCH) return false;
  const places: readonly number[] = ORDERS[order];
  const ranks = layout
    .slice(1)
    .filter((_, index) => shape[index + 1] !== 1)
    .map((place) => places.indexOf(place));
  return ranks.every((place, index) => index === 0 || place > (ranks[index - 1] ?? -1));
}

/** The input's layout where it is in order, else its axes on the order's last places. */
function sortedLayout(input: Blob, order: Order): Layout {
  if (isSorted(input.layout, input.shape, order)) return input.layout;
  const rank = input.shape.length;
  const natural = naturalLayout(
    rank,
    order === "CHANNEL_LAST" ? "channels-last" : "channels-first",
  );
  if (isSorted(natural, input.shape, order)) return natural;
  return [BATCH, ...ORDERS[order].slice(4 - (rank - 1))];
}

function sizesOf(node: Node, blob: Pick<Blob, "layout" | "shape">): readonly number[] {
  const dims = blobDims(blob);
  const sizes = ORDERS.CHANNEL_FIRST.map((place) => dims[place] ?? -1);
  if (sizes.filter((size) => size === -1).length > 1) {
    refuse(
      node,
      "a reshape to more than one free size cannot be expressed.",
      "Fix the input's size with --input-shape.",
    );
  }
  return sizes;
}

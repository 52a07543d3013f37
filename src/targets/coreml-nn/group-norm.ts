import type { Node } from "../../ir/graph.ts";
import type { GroupNormOp } from "../../ir/ops/norm.ts";
import type { Dim } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { knownSize, refuse } from "../refuse.ts";
import { scaleBody } from "./affine.ts";
import type { Emission, NodeWriter } from "./emission.ts";
import { BATCH, CHANNEL, HEIGHT, type Layout, WIDTH } from "./layout.ts";
import { standardise } from "./standardise.ts";
import { linear, MULTIPLY } from "./steps.ts";

/**
 * The groups are laid along the sequence axis by a reshape, normalised over channel, height and width, and laid
 * back. One group, or one for each channel, needs no reshape.
 */
export function emitGroupNorm(node: Node<GroupNormOp>, emission: Emission): string {
  const { axis } = node.op;
  const { shape } = emission.input(node);
  if (shape.length > 4) {
    refuse(
      node,
      `groups of channels among ${shape.length} axes cannot be expressed: at most four.`,
    );
  }
  const channels = knownSize(node, shape, axis, "The number of channels");
  const layout = groupLayout(shape.length, axis);
  const x = emission.read(node, layout).name;
  const writer = emission.write(node, layout);
  const normalised = normalise(node, writer, x, { shape, layout, channels });
  const { gamma, beta } = node.op.weights;
  if (gamma === undefined && beta === undefined) return writer.finish(linear(1), normalised);
  const ones = shape.map((_, index) => (index === axis ? channels : 1));
  const constants = {
    scale: gamma === undefined ? undefined : reshapeWeight(gamma, ones),
    offset: beta === undefined ? undefined : reshapeWeight(beta, ones),
  };
  const body = scaleBody(layout, [axis], constants, (ref) => emission.weights(node, ref));
  return writer.finish(body, normalised);
}

interface Grouped {
  readonly shape: readonly Dim[];
  readonly layout: Layout;
  readonly channels: number;
}

function normalise(
  node: Node<GroupNormOp>,
  w: NodeWriter,
  x: string,
  { shape, layout, channels }: Grouped,
): string {
  const { groups, epsilon } = node.op;
  const over = (axis: "CHW" | "HW", value: string): string =>
    w.step("product", MULTIPLY, ...standardise(w, value, { axis, epsilon, rms: false }));
  if (groups === 1) return over("CHW", x);
  if (groups === channels) return over("HW", x);
  const size = (place: number): number => {
    const at = layout.indexOf(place);
    return at < 0 ? 1 : knownSize(node, shape, at, "The size of what is normalised");
  };
  const plane = [size(HEIGHT), size(WIDTH)];
  const apart = { reshape: { targetShape: [groups, channels / groups, ...plane] } };
  const together = { reshape: { targetShape: [1, channels, ...plane] } };
  return w.step("together", together, over("CHW", w.step("apart", apart, x)));
}

/** Channels on the channel axis, all other axes on height and width. */
function groupLayout(rank: number, axis: number): Layout {
  const places = [HEIGHT, WIDTH].slice(-(rank - 2));
  return Array.from({ length: rank }, (_, index) => {
    if (index === 0) return BATCH;
    return index === axis ? CHANNEL : (places.shift() ?? WIDTH);
  });
}

import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { type Dim, formatShape } from "../ir/tensor.ts";
import type { PictureInput, PictureSize } from "./classifier.ts";

/**
 * The input of a graph that takes pictures, its only one; `size` is for models that leave it open. Throws `bad-option` where
 * there is none, or where the size is not known or another one.
 */
export function pictureInputOf(
  graph: Graph,
  size: PictureSize | undefined,
): Omit<PictureInput, "preprocessing"> {
  const [port, ...others] = graph.inputs;
  if (port === undefined || others.length > 0) {
    fail("bad-option", `The model has ${graph.inputs.length} inputs, expected one for pictures.`);
  }
  const { name, value } = port;
  const shape = graph.types.get(value)?.shape ?? [];
  const [, ...sample] = shape;
  const placed = shape.length === 4 ? placeOf(sample) : undefined;
  if (placed === undefined) {
    return fail("bad-option", `The input "${name}" has shape ${formatShape(shape)}: no picture.`, {
      hint: "Expected is (null, height, width, channels) with 1, 3 or 4 channels, or channels first.",
    });
  }
  const { channels, layout, spatial } = placed;
  return { name, channels, layout, ...sizeOf(name, spatial, size) };
}

interface Placed {
  readonly channels: 1 | 3 | 4;
  readonly layout: PictureInput["layout"];
  readonly spatial: readonly [height: Dim, width: Dim];
}

/** Channels are last unless only the first axis can be channels. */
function placeOf([a = null, b = null, c = null]: readonly Dim[]): Placed | undefined {
  const last = channelsOf(c);
  if (last !== undefined) return { channels: last, layout: "channels-last", spatial: [a, b] };
  const first = channelsOf(a);
  if (first === undefined) return undefined;
  return { channels: first, layout: "channels-first", spatial: [b, c] };
}

function channelsOf(dim: Dim): 1 | 3 | 4 | undefined {
  return dim === 1 || dim === 3 || dim === 4 ? dim : undefined;
}

function sizeOf(
  name: string,
  [height, width]: Placed["spatial"],
  asked: PictureSize | undefined,
): PictureSize {
  const known = { height: height ?? asked?.height, width: width ?? asked?.width };
  if (known.height === undefined || known.width === undefined) {
    return fail("bad-option", `The input "${name}" takes pictures of any size.`, {
      hint: "Say which: --size 224x224",
    });
  }
  const fits =
    asked === undefined || (asked.height === known.height && asked.width === known.width);
  if (!fits) {
    fail(
      "bad-option",
      `The size is ${asked.width}x${asked.height}, but the input "${name}" takes ${known.width}x${known.height}.`,
    );
  }
  return { height: known.height, width: known.width };
}

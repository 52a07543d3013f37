import type { CropOp, PadOp } from "../../../ir/ops/pad.ts";
import { amountsOf } from "./conv.ts";
import type { LayerDraft } from "./layer.ts";

/** ZeroPadding over one to three axes. */
export function padLayer({ amounts, mode, value }: PadOp): LayerDraft {
  if (mode !== "constant" || value !== 0) {
    return { unsupported: "Keras has no layer that pads with anything but zeros." };
  }
  return overSpace("ZeroPadding", "padding", amounts);
}

/** Cropping over one to three axes. */
export function cropLayer({ amounts }: CropOp): LayerDraft {
  return overSpace("Cropping", "cropping", amounts);
}

/** Of `(batch, …spatial, channels)`, or with the channels behind the batch. */
function overSpace(
  name: string,
  key: string,
  amounts: readonly (readonly [number, number])[],
): LayerDraft {
  const rank = amounts.length - 2;
  const isNone = (axis: number): boolean =>
    (amounts[axis] ?? [0, 0]).every((amount) => amount === 0);
  const last = isNone(amounts.length - 1);
  if (rank < 1 || rank > 3 || !isNone(0) || (!last && (rank === 1 || !isNone(1)))) {
    return { unsupported: `Keras has no ${name} over these axes.` };
  }
  const spatial = last ? amounts.slice(1, -1) : amounts.slice(2);
  const format = rank === 1 ? {} : { data_format: last ? "channels_last" : "channels_first" };
  return { className: `${name}${rank}D`, config: { [key]: amountsOf(spatial), ...format } };
}

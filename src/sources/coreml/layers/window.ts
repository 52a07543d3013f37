import type {
  BorderAmounts,
  SamePadding,
  ValidPadding,
} from "../../../formats/coreml/types.gen.ts";
import type { Padding } from "../../../ir/ops/conv.ts";
import { type Window, windowPadding } from "../../../ir/ops/window.ts";
import type { Dim } from "../../../ir/tensor.ts";
import { type Blob, placedAxes } from "../blob.ts";
import type { LayerCall } from "../layer-call.ts";

type Amounts = readonly (readonly [number, number])[];

/** A window over the last two or three axes of a blob, every list with one number for each. */
export interface CoreWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "valid" | "same" | Amounts;
}

/** The window as an op slides it over the axes that a value has. */
export interface OpWindow extends Window {
  /** Blob axes that are its spatial axes. */
  readonly spatial: readonly number[];
}

/** `[height, width]`, or the default for both when the field is empty. */
export function pairOf(
  values: readonly number[] | undefined,
  otherwise: number,
): readonly [number, number] {
  const [height = otherwise, width = otherwise] = values ?? [];
  return [height, width];
}

/** Amounts before and after height and width; zeros when none are given. */
export function borderAmounts(amounts: BorderAmounts | undefined): Amounts {
  const [height, width] = amounts?.borderAmounts ?? [];
  return [height, width].map((edge) => [edge?.startEdgeSize ?? 0, edge?.endEdgeSize ?? 0] as const);
}

/**
 * The axes that the window slides over: those that the value has, and those on which it does something. Axes before the
 * channels, such as time steps, are passed over with a window of one.
 */
export function opWindow(call: LayerCall, blob: Blob, window: CoreWindow): OpWindow {
  const rank = blob.axes.length;
  const channel = rank - window.size.length - 1;
  const placed = placedAxes(blob);
  const passed = placed.filter((index) => index < channel).sort((a, b) => a - b);
  const slid = window.size.flatMap((size, index) => {
    const axis = channel + 1 + index;
    const [before, after] =
      typeof window.padding === "string" ? [0, 0] : (window.padding[index] ?? [0, 0]);
    if (size !== 1 || before !== 0 || after !== 0) call.touch(blob, axis);
    else if (!placed.includes(axis)) return [];
    return [{ axis, index }];
  });
  const pick = (list: readonly number[]): readonly number[] => [
    ...passed.map(() => 1),
    ...slid.map(({ index }) => list[index] ?? 1),
  ];
  const none = [0, 0] as const;
  const { padding } = window;
  const spatial = [...passed, ...slid.map(({ axis }) => axis)];
  if (spatial.length > 3) call.refuse("it slides a window over an input with more than three axes");
  return {
    spatial,
    size: pick(window.size),
    strides: pick(window.strides),
    dilations: pick(window.dilations),
    padding:
      typeof padding === "string"
        ? padding
        : [...passed.map(() => none), ...slid.map(({ index }) => padding[index] ?? none)],
  };
}

/**
 * The padding of a window over height and width. Where more goes before than after, the amounts are worked out, which takes
 * known sizes.
 */
export function planePadding(
  call: LayerCall,
  {
    valid,
    same,
  }: { readonly valid?: ValidPadding | undefined; readonly same?: SamePadding | undefined },
  window: Omit<CoreWindow, "padding">,
  sizes: readonly Dim[],
): CoreWindow["padding"] {
  if (same !== undefined) {
    if (same.asymmetryMode !== "TOP_LEFT_HEAVY") return "same";
    return mirrored(call, window, sizes);
  }
  if (valid === undefined) return call.fail("states no padding type", "bad-config");
  const amounts = borderAmounts(valid.paddingAmounts);
  if (amounts.flat().some((amount) => !Number.isSafeInteger(amount) || amount < 0)) {
    call.fail("has a padding below zero", "bad-config");
  }
  return amounts.flat().every((amount) => amount === 0) ? "valid" : amounts;
}

function mirrored(
  call: LayerCall,
  window: Omit<CoreWindow, "padding">,
  sizes: readonly Dim[],
): CoreWindow["padding"] {
  const padding: Padding = "same";
  const amounts = sizes.map((size, axis) => windowPadding({ ...window, padding }, axis, size));
  if (amounts.every((pair) => pair !== null && pair[0] === pair[1])) return "same";
  return amounts.map((pair) => {
    if (pair === null) {
      return call.refuse("its larger padding goes first, which takes an input of known size");
    }
    return [pair[1], pair[0]] as const;
  });
}

import type { Node } from "../../ir/graph.ts";
import type { Layout as KerasLayout, Padding } from "../../ir/ops/conv.ts";
import { refuse } from "../refuse.ts";
import { BATCH, CHANNEL, HEIGHT, type Layout, SEQ, WIDTH } from "./layout.ts";
import { isTrivialAxis } from "./orientation.ts";

/** A sliding window of an op, all lists per spatial axis. */
export interface OpWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly layout: KerasLayout;
  readonly outputPadding?: readonly number[];
}

/** The window as Core ML's layers slide it: over height and width, or over depth, height and width. */
export interface CoreWindow {
  /** Axes of the value. */
  readonly layout: Layout;
  /** Two or three numbers each. */
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
  readonly outputPadding: readonly number[] | undefined;
  /** For each number its spatial axis in the op; undefined for a height that one-dimensional windows lack. */
  readonly axes: readonly (number | undefined)[];
}

/**
 * One spatial axis goes to the width, two to height and width, and of three one that the window passes over (a time axis) to
 * the sequence. Three real ones make the volume layout: batch, channel, depth, height, width.
 */
export function coreWindow(window: OpWindow): CoreWindow {
  const rank = window.size.length;
  const all = window.size.map((_, axis) => axis);
  const passed =
    rank === 3 ? all.find((axis) => isTrivialAxis(window, window.size, axis)) : undefined;
  const volume = rank === 3 && passed === undefined;
  const slid = all.filter((axis) => axis !== passed);
  const places = volume ? [2, 3, 4] : [HEIGHT, WIDTH].slice(-slid.length);
  const place = (axis: number): number =>
    axis === passed ? SEQ : (places[slid.indexOf(axis)] ?? 0);
  const channel = volume ? 1 : CHANNEL;
  const spatial = all.map(place);
  const batch = volume ? 0 : BATCH;
  const layout =
    window.layout === "channels-first"
      ? [batch, channel, ...spatial]
      : [batch, ...spatial, channel];
  const axes = rank === 1 ? [undefined, 0] : slid;
  const pick = (list: readonly number[], missing: number): readonly number[] =>
    axes.map((axis) => (axis === undefined ? missing : (list[axis] ?? missing)));
  return {
    layout,
    axes,
    size: pick(window.size, 1),
    strides: pick(window.strides, 1),
    dilations: pick(window.dilations, 1),
    padding: pickPadding(window.padding, axes),
    outputPadding: window.outputPadding === undefined ? undefined : pick(window.outputPadding, 0),
  };
}

/** Whether the window slides over depth, height and width. */
export function isVolumeWindow(window: CoreWindow): boolean {
  return window.size.length === 3;
}

/** Refuses what only a whole volume has no layer for. */
export function refuseVolume(node: Node, window: CoreWindow, what: string): void {
  if (isVolumeWindow(window))
    refuse(node, `${what} over three axes has no layer in Core ML networks.`);
}

function pickPadding(padding: Padding, axes: readonly (number | undefined)[]): Padding {
  if (typeof padding === "string") return padding;
  return axes.map((axis) => (axis === undefined ? [0, 0] : (padding[axis] ?? [0, 0])));
}

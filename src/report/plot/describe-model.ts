import {
  type InnerModel,
  type LayerSummary,
  listedLayers,
  type ModelSummary,
  type SummaryTensor,
  totalOf,
  uniqueWeights,
} from "../../ir/model-summary.ts";
import { withCommas } from "../readable.ts";
import { pythonShape } from "../summary-facts.ts";
import { boxOf } from "./describe-layer.ts";
import type { Box, Direction, Frame, Line, Picture } from "./picture.ts";
import { printable } from "./printable.ts";

/** What a drawing shows. */
export interface PictureOptions {
  readonly direction: Direction;
  /** Nested models as frames around their layers instead of boxes. */
  readonly expand: boolean;
  readonly shapes: boolean;
  /** What each layer computes in. */
  readonly dtypes: boolean;
  /** A mark on layers that are not trained. */
  readonly trainable: boolean;
}

/** A model as a picture: a box for each layer, however often it is used, and a line for each tensor that enters one. */
export function describeModel(model: ModelSummary, options: PictureOptions): Picture {
  const draft: Draft = { options, boxes: [], lines: [], frames: [] };
  addLayers(draft, { ...model, built: true, outputs: [] }, undefined, 0);
  return {
    title: printable(model.name),
    direction: options.direction,
    boxes: draft.boxes,
    lines: draft.lines,
    frames: draft.frames,
  };
}

/** How many boxes a picture would have, without making it. */
export function countBoxes(layers: readonly LayerSummary[], expand: boolean): number {
  let count = 0;
  for (const { model } of layers) {
    count += expand && model !== undefined ? countBoxes(listedLayers(model), expand) : 1;
  }
  return count;
}

interface Draft {
  readonly options: PictureOptions;
  readonly boxes: Box[];
  readonly lines: Line[];
  readonly frames: Frame[];
}

/** Where lines to a layer end, for each of its inputs, and where those from it begin, for each of its outputs. */
interface Ends {
  readonly layer: LayerSummary;
  readonly entries: readonly (readonly string[])[];
  readonly exits: readonly string[];
}

type DrawnModel = Omit<InnerModel, "outputs"> & { readonly outputs: InnerModel["outputs"] };

function addLayers(
  draft: Draft,
  model: DrawnModel,
  frame: string | undefined,
  depth: number,
): Pick<Ends, "entries" | "exits"> {
  const results = model.results ?? unread(model.layers);
  const outputs = new Set(results.map(({ layer }) => layer));
  const hidden = hiddenInputs(model, frame);
  const ends = new Map<string, Ends>();
  for (const layer of model.layers) {
    if (hidden.has(layer.name)) continue;
    const isOutput = frame === undefined && outputs.has(layer.name);
    ends.set(layer.name, addLayer(draft, layer, { frame, depth, isOutput }));
  }
  addLines(draft, model.layers, ends);
  return endsOf(model, ends, results);
}

function addLayer(
  draft: Draft,
  layer: LayerSummary,
  place: { readonly frame: string | undefined; readonly depth: number; readonly isOutput: boolean },
): Ends {
  const { model } = layer;
  const { frame, depth, isOutput } = place;
  if (model === undefined || !draft.options.expand || model.layers.length === 0) {
    const id = `n${draft.boxes.length}`;
    draft.boxes.push(boxOf(layer, { id, frame, isOutput, ...draft.options }));
    return { layer, entries: [[id]], exits: [id] };
  }
  const id = `f${draft.frames.length}`;
  draft.frames.push({
    id,
    ...(frame === undefined ? {} : { frame }),
    depth,
    title: frameTitle(layer, isOutput),
  });
  return { layer, ...addLayers(draft, model, id, depth + 1) };
}

function frameTitle(layer: LayerSummary, isOutput: boolean): string {
  const { count } = totalOf(uniqueWeights([layer]));
  const parts = [
    printable(layer.name),
    printable(layer.className),
    ...(count === 0 ? [] : [`${withCommas(count)} params`]),
    ...(layer.calls.length > 1 ? [`shared ×${layer.calls.length}`] : []),
    ...(isOutput ? ["output"] : []),
  ];
  return parts.join(" · ");
}

/** A nested Sequential begins with its first layer, as Keras lists it. */
function hiddenInputs(model: DrawnModel, frame: string | undefined): ReadonlySet<string> {
  if (frame === undefined || !model.sequential) return new Set();
  const inputs = model.layers.filter(({ className }) => className === "InputLayer");
  return new Set(inputs.length === model.layers.length ? [] : inputs.map(({ name }) => name));
}

function addLines(
  draft: Draft,
  layers: readonly LayerSummary[],
  ends: ReadonlyMap<string, Ends>,
): void {
  for (const layer of layers) {
    const target = ends.get(layer.name);
    if (target === undefined) continue;
    layer.calls.forEach((call, index) => {
      call.inputs.forEach((tensor, input) => {
        const source = ends.get(tensor.layer);
        const from = source?.exits[tensor.tensor] ?? source?.exits[0];
        if (source === undefined || from === undefined) return;
        const shape = source.layer.calls[tensor.call]?.outputs[tensor.tensor];
        for (const to of target.entries[input] ?? target.entries[0] ?? []) {
          draft.lines.push({
            from,
            to,
            shape: shape === undefined ? "" : pythonShape(shape),
            label: callLabel(source.layer, tensor.call, layer, index),
          });
        }
      });
    });
  }
}

/** Which use of a shared layer a line belongs to, at either end. */
function callLabel(
  source: LayerSummary,
  sourceCall: number,
  target: LayerSummary,
  targetCall: number,
): string {
  const from = source.calls.length > 1 ? sourceCall + 1 : undefined;
  const to = target.calls.length > 1 ? targetCall + 1 : undefined;
  if (from !== undefined && to !== undefined) return `call ${from} to ${to}`;
  return from === undefined && to === undefined ? "" : `call ${from ?? to}`;
}

function endsOf(
  model: DrawnModel,
  ends: ReadonlyMap<string, Ends>,
  results: readonly SummaryTensor[],
): Pick<Ends, "entries" | "exits"> {
  const inputs = model.inputs ?? inputsOf(model.layers);
  const [first] = ends.values();
  const entries = inputs.map(({ layer }) => ends.get(layer)?.entries[0] ?? readersOf(layer));
  const exits = results.flatMap(({ layer, tensor }) => {
    const source = ends.get(layer);
    return source?.exits[tensor] ?? source?.exits[0] ?? [];
  });
  const known = entries.filter((entry) => entry.length > 0);
  return {
    entries: known.length === 0 ? (first?.entries ?? []) : entries,
    exits: exits.length === 0 ? [...ends.values()].flatMap((end) => end.exits).slice(-1) : exits,
  };

  function readersOf(name: string): readonly string[] {
    return model.layers.flatMap((layer) =>
      layer.calls.some((call) => call.inputs.some((tensor) => tensor.layer === name))
        ? (ends.get(layer.name)?.entries[0] ?? [])
        : [],
    );
  }
}

function inputsOf(layers: readonly LayerSummary[]): readonly SummaryTensor[] {
  return layers
    .filter(({ className }) => className === "InputLayer")
    .map(({ name }) => ({ layer: name, call: 0, tensor: 0 }));
}

/** What no layer reads is a result. */
function unread(layers: readonly LayerSummary[]): readonly SummaryTensor[] {
  const read = new Set(
    layers.flatMap(({ calls }) => calls.flatMap(({ inputs }) => inputs.map(({ layer }) => layer))),
  );
  return layers
    .filter(({ name }) => !read.has(name))
    .map(({ name }) => ({ layer: name, call: 0, tensor: 0 }));
}

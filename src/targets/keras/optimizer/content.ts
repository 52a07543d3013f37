import { KcError } from "../../../errors.ts";
import type { Hdf5Dataset } from "../../../formats/hdf5/index.ts";
import { sizeOf, type WeightRef } from "../../../ir/tensor.ts";
import type { JsonObject } from "../../../json.ts";
import { readScaledState, scalesLoss } from "../../../sources/keras/loss-scale.ts";
import type { WeightTable } from "../../../sources/keras/match-groups.ts";
import { convertWeights } from "../../../sources/keras/native-weights.ts";
import { readOptimizerState } from "../../../sources/keras/optimizer-state.ts";
import type { Leaf } from "../../../sources/keras/slots.ts";
import type { LayerConfig } from "../../../sources/keras/topology.ts";
import type { TracedModel } from "../../../sources/keras/traced-model.ts";
import { parseTraining } from "../../../sources/keras/training.ts";
import { storedWeight } from "../../../sources/keras/weight-store.ts";
import { type OptimizerSettings, optimizerSettings } from "../../../train/optimizers/settings.ts";
import { slotsOf } from "../../../train/optimizers/slots.ts";
import type { StateArray } from "../../../train/optimizers/state.ts";
import {
  otherLayouts,
  type StateEntry,
  stateLayout,
} from "../../../train/optimizers/state-layout.ts";
import { placeValues } from "../trained.ts";
import { type TrainableArray, trainableArrays } from "./trainable-weights.ts";

/** What an optimizer keeps, apart from how a generation of Keras lays it out. */
export interface OptimizerContent {
  readonly settings: OptimizerSettings;
  readonly scalars: ReadonlyMap<StateEntry["kind"], WeightRef>;
  /** Empty before the first step. By the optimizer's name of the slot: an array for each weight that is trained, in the form that the weight has. */
  readonly slots: ReadonlyMap<string, WeightTable>;
  /** What a `LossScaleOptimizer` around it keeps, which training leaves as it is; left out where there is none. */
  readonly around?: LossScaleArrays;
}

/** Arrays that are saved ahead of an optimizer's own. */
export interface LossScaleArrays {
  /** Whether the file says so; if not, Keras wraps the optimizer by itself. */
  readonly stated: boolean;
  readonly arrays: readonly { readonly name: string; readonly ref: WeightRef }[];
}

/** An optimizer's state after training, in the form of the model's graph. */
export interface TrainedOptimizer {
  readonly arrays: readonly StateArray[];
  /** The trained weights of the graph, in the optimizer's order; left out: the arrays are as the file has them. */
  readonly weights?: readonly WeightRef[];
}

/** The state that a file holds; undefined where it holds none, a text where it is not understood. */
export function storedOptimizer(traced: TracedModel): OptimizerContent | string | undefined {
  const { archive } = traced;
  const { inner = readOptimizerState(archive.optimizer) } =
    readScaledState(archive.optimizer) ?? {};
  const saved = inner.map(({ dataset }) => datasetRef(dataset));
  if (saved.length === 0) return undefined;
  return withAround(traced, nativeContent(traced, archive.training, saved));
}

/** The state after training. */
export function trainedOptimizer(
  traced: TracedModel,
  trained: TrainedOptimizer,
): OptimizerContent | string {
  return withAround(traced, contentAfter(traced, trained));
}

function withAround(
  { archive }: TracedModel,
  content: OptimizerContent | string,
): OptimizerContent | string {
  const scaled = readScaledState(archive.optimizer);
  if (scaled === undefined || typeof content === "string") return content;
  const arrays = scaled.around.map(({ dataset }, index) => ({
    name: `loss_scale_optimizer/${LOSS_SCALE[index] ?? index}`,
    ref: datasetRef(dataset),
  }));
  // Training may have been stated anew; the file is what wrapped its optimizer.
  const stated = scalesLoss(archive.origin?.training ?? archive.training);
  return { ...content, around: { stated, arrays } };
}

/** Their names in Keras 3; archives have numbers. */
const LOSS_SCALE = ["iteration", "learning_rate", "step_counter", "dynamic_scale"];

function contentAfter(
  traced: TracedModel,
  { arrays, weights }: TrainedOptimizer,
): OptimizerContent | string {
  const { archive } = traced;
  const saved = arrays.map(arrayRef);
  if (weights === undefined) return nativeContent(traced, archive.training, saved);
  const settings = settingsOf(archive.training, archive.dialect.version);
  if (settings === undefined) return UNKNOWN;
  const options = layoutOptions(settings, archive.dialect.version, weights.length);
  const layout = stateLayout(options);
  if (layout.length !== saved.length) return MISFIT;
  const slots = slotNames(settings).map((name, slot): readonly [string, WeightTable] => {
    const values = new Map<string, Float32Array>();
    for (const [index, entry] of layout.entries()) {
      const ref = entry.kind === "slot" ? weights[entry.weight] : undefined;
      const array = arrays[index];
      if (entry.kind !== "slot" || entry.slot !== slot || ref === undefined) continue;
      if (array !== undefined) values.set(ref.id, Float32Array.from(array.values));
    }
    return [name, tableOf(traced, placeValues(traced, values))];
  });
  return { settings, scalars: scalarsIn(layout, saved), slots: new Map(slots) };
}

const UNKNOWN = "what it holds is not known here.";
const MISFIT = "it is not that of the trainable weights of this model.";

/** Arrays in the form and the order of the file. */
function nativeContent(
  traced: TracedModel,
  training: JsonObject | undefined,
  saved: readonly WeightRef[],
): OptimizerContent | string {
  const { model, table, specs, archive } = traced;
  // The weights may be in the layout of another generation than the architecture.
  const { dialect } = archive.weights.kind === "state" ? archive : archive.weights;
  const { version } = archive.dialect;
  const settings = settingsOf(training, version);
  if (settings === undefined) return UNKNOWN;
  const owners = trainableArrays(model, { table, specs, dialect });
  if (owners.some(({ leaf }) => leaf.layer.className.startsWith("CuDNN"))) return UNKNOWN;
  const options = layoutOptions(settings, version, owners.length);
  const layouts = [stateLayout(options), ...otherLayouts(options)];
  const layout = [...layouts, ...layouts.map(withoutSlots)].find((one) => fits(one, saved, owners));
  if (layout === undefined) return MISFIT;
  if (!layout.some(({ kind }) => kind === "slot")) {
    return { settings, scalars: scalarsIn(layout, saved), slots: new Map() };
  }
  const slots = slotNames(settings).map((name, slot): readonly [string, WeightTable] => {
    const stored = new Map<Leaf, Map<string, WeightRef>>();
    for (const [index, entry] of layout.entries()) {
      if (entry.kind !== "slot" || entry.slot !== slot) continue;
      const [owner, ref] = [owners[entry.weight], saved[index]];
      if (owner === undefined || ref === undefined) continue;
      const roles = stored.get(owner.leaf) ?? new Map<string, WeightRef>();
      stored.set(owner.leaf, roles.set(owner.role, ref));
    }
    const entries = [...stored].map(
      ([leaf, roles]) => [leaf.layer, convertWeights(leaf, roles, dialect)] as const,
    );
    return [name, new Map(entries)];
  });
  return { settings, scalars: scalarsIn(layout, saved), slots: new Map(slots) };
}

/** What newer Keras saves of an optimizer that has not made a step. */
function withoutSlots(layout: readonly StateEntry[]): readonly StateEntry[] {
  return layout.filter(({ kind }) => kind === "iterations" || kind === "rate");
}

/** The weights that have numbers, by their layers and roles. */
function tableOf({ table }: TracedModel, byId: ReadonlyMap<string, WeightRef>): WeightTable {
  const result = new Map<LayerConfig, ReadonlyMap<string, WeightRef>>();
  for (const [layer, weights] of table) {
    const own = [...weights].flatMap(([role, { id }]) => {
      const ref = byId.get(id);
      return ref === undefined ? [] : [[role, ref] as const];
    });
    if (own.length > 0) result.set(layer, new Map(own));
  }
  return result;
}

function scalarsIn(
  layout: readonly StateEntry[],
  saved: readonly WeightRef[],
): ReadonlyMap<StateEntry["kind"], WeightRef> {
  return new Map(
    layout.flatMap(({ kind }, index) => {
      const ref = saved[index];
      return kind === "slot" || ref === undefined ? [] : [[kind, ref] as const];
    }),
  );
}

function fits(
  layout: readonly StateEntry[],
  saved: readonly WeightRef[],
  owners: readonly TrainableArray[],
): boolean {
  return (
    layout.length === saved.length &&
    layout.every((entry, index) => {
      const shape = saved[index]?.shape ?? [-1];
      if (entry.kind !== "slot") return sizeOf(shape) === 1;
      return JSON.stringify(shape) === JSON.stringify(owners[entry.weight]?.shape);
    })
  );
}

/** The arrays that an optimizer keeps for each weight, by name. */
export function slotNames(settings: OptimizerSettings): readonly string[] {
  return slotsOf(settings).map(({ name }) => name);
}

/** What decides about the order of the arrays. */
export function layoutOptions(
  settings: OptimizerSettings,
  version: string,
  weights: number,
): Parameters<typeof stateLayout>[0] {
  return { settings, version, weights, slots: slotNames(settings).length };
}

/** The optimizer's settings without a schedule, which does not change what it keeps; undefined for one that is not known. */
export function settingsOf(
  training: JsonObject | undefined,
  version: string,
): OptimizerSettings | undefined {
  const stated = parseTraining(training, ["one"])?.optimizer;
  if (stated === undefined) return undefined;
  const { learning_rate: rate = null, ...rest } = stated.config;
  const config = typeof rate === "number" ? stated.config : rest;
  try {
    return optimizerSettings({ ...stated, config }, version);
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return undefined;
    throw error;
  }
}

function datasetRef(dataset: Hdf5Dataset): WeightRef {
  return storedWeight(dataset, "");
}

function arrayRef({ name, dtype, shape, values }: StateArray): WeightRef {
  return {
    id: name,
    dtype,
    shape,
    readInto: (target, start) => target.set(values.subarray(start, start + target.length)),
  };
}

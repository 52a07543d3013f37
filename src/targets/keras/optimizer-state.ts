import { type Diagnostic, KcError } from "../../errors.ts";
import {
  type AttributeContent,
  addDataset,
  type GroupDraft,
} from "../../formats/hdf5-writer/index.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import { type OptimizerSlot, readOptimizerState } from "../../sources/keras/optimizer-state.ts";
import { leafOf } from "../../sources/keras/slots.ts";
import type { LayerConfig, ModelConfig } from "../../sources/keras/topology.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import { parseTraining } from "../../sources/keras/training.ts";
import { ruleOf } from "../../train/optimizers/rules.ts";
import { type OptimizerSettings, optimizerSettings } from "../../train/optimizers/settings.ts";
import { otherLayouts, type StateEntry, stateLayout } from "../../train/optimizers/state-layout.ts";
import { constantWeight } from "../../weights/constant.ts";
import { copyDataset } from "./copy.ts";
import { nameVariables, putWeight } from "./state-weights.ts";
import { KERAS3, type Keras3Content } from "./upgrade.ts";

/**
 * Puts the optimizer's state of an older file in Keras 3's order; where that cannot be, nothing, and a warning comes back.
 */
export function putOptimizer(root: GroupDraft, content: Keras3Content): readonly Diagnostic[] {
  const saved = readOptimizerState(content.traced.archive.optimizer);
  if (saved.length === 0 || content.compile === undefined) return [];
  const plan = planOf(content, saved);
  if (typeof plan === "string") {
    const text = `The optimizer's state is left out: ${plan}`;
    return [
      {
        code: "unsupported",
        text,
        hint: "Training goes on from these weights with a fresh optimizer.",
      },
    ];
  }
  nameVariables(groupOf(root), plan.name);
  for (const [index, entry] of plan.entries.entries()) {
    const path = `optimizer/vars/${index}`;
    if ("dataset" in entry) {
      const copy = copyDataset(entry.dataset);
      addDataset(root, path, { ...copy, attributes: new Map<string, AttributeContent>() });
    } else putWeight(root, path, entry);
  }
  return [];
}

function groupOf(root: GroupDraft): GroupDraft {
  const group = root.members.get("optimizer");
  if (group?.kind === "group") return group;
  const made: GroupDraft = { kind: "group", attributes: new Map(), members: new Map() };
  root.members.set("optimizer", made);
  return made;
}

interface Plan {
  readonly name: string;
  /** An array of the file, or a number of ours. */
  readonly entries: readonly (OptimizerSlot | WeightRef)[];
}

/** What goes where; or why it cannot. */
function planOf(content: Keras3Content, saved: readonly OptimizerSlot[]): Plan | string {
  const { archive, model, table, specs } = content.traced;
  if (content.translation.scaled) return "the weights of some gates had to be scaled.";
  const before = settingsOf(archive.training, archive.dialect.version);
  const after = settingsOf(content.compile, KERAS3.version);
  if (before === undefined || after === undefined) return "what it holds is not known here.";
  const old = trainable(model, table, specs, archive.dialect);
  const fresh = trainable(content.model, content.table, specs, KERAS3);
  const options = layoutOptions(before, archive.dialect.version, old);
  const layouts = [stateLayout(options), ...otherLayouts(options)];
  const layout = layouts.find((one) => fits(one, saved, old));
  if (layout === undefined) return "it is not that of the trainable weights of this model.";
  const find = (wanted: StateEntry): OptimizerSlot | undefined =>
    saved[layout.findIndex((entry) => isSame(entry, wanted))];
  const names = slotNames(before);
  const entries = stateLayout(layoutOptions(after, KERAS3.version, fresh))
    .filter(({ kind }) => kind !== "rate" || !isScheduled(content.compile))
    .map((entry): OptimizerSlot | WeightRef | undefined => {
      if (entry.kind === "rate") return scalar("rate", after.config.learning_rate);
      if (entry.kind !== "slot") return find(entry) ?? begun(entry);
      const slot = names.indexOf(slotNames(after)[entry.slot] ?? "");
      const weight = old.findIndex(({ key }) => key === fresh[entry.weight]?.key);
      return find({ kind: "slot", slot, weight });
    });
  const whole = entries.flatMap((entry) => (entry === undefined ? [] : [entry]));
  if (whole.length === entries.length) return { name: after.name, entries: whole };
  return "Keras 3 keeps more of this optimizer than the file has.";
}

function layoutOptions(
  settings: OptimizerSettings,
  version: string,
  weights: readonly Trainable[],
): Parameters<typeof stateLayout>[0] {
  return { settings, version, weights: weights.length, slots: slotNames(settings).length };
}

function slotNames(settings: OptimizerSettings): readonly string[] {
  return ruleOf(settings).slots.map(({ name }) => name);
}

function isSame(a: StateEntry, b: StateEntry): boolean {
  if (a.kind !== "slot" || b.kind !== "slot") return a.kind === b.kind;
  return a.slot === b.slot && a.weight === b.weight;
}

/** Steps that a file does not count begin at 0. */
function begun({ kind }: StateEntry): WeightRef | undefined {
  return kind === "iterations" ? constantWeight("iterations", [], [0], "int64") : undefined;
}

function scalar(id: string, value: number): WeightRef {
  return constantWeight(id, [], [Math.fround(value)]);
}

/** The optimizer's settings without a schedule, which does not change what it keeps. */
function settingsOf(
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

function isScheduled(compile: JsonObject | undefined): boolean {
  const optimizer = compile?.optimizer;
  const config = isJsonObject(optimizer) ? optimizer.config : undefined;
  return isJsonObject(config) && isJsonObject(config.learning_rate);
}

interface Trainable {
  /** The same in both models. */
  readonly key: string;
  readonly shape: readonly number[];
}

/** Weights that are trained, in the order of the model. */
function trainable(
  model: ModelConfig,
  table: WeightTable,
  specs: TracedModel["specs"],
  dialect: Dialect,
): readonly Trainable[] {
  const within = (layer: LayerConfig): readonly Trainable[] => {
    if (layer.model !== undefined) return trainable(layer.model, table, specs, dialect);
    const { slots } = leafOf(layer, specs, dialect);
    const own = slots.flatMap(({ role, nonTrainable }, index): readonly Trainable[] => {
      const ref = table.get(layer)?.get(role);
      if (ref === undefined || nonTrainable || !layer.trainable) return [];
      return [{ key: `${layer.path} ${index}`, shape: ref.shape }];
    });
    const held = layer.wrapped !== undefined && own.length === 0 ? within(layer.wrapped) : [];
    return [...own, ...held];
  };
  return model.layers.flatMap(within);
}

function fits(
  layout: readonly StateEntry[],
  saved: readonly OptimizerSlot[],
  weights: readonly Trainable[],
): boolean {
  return (
    layout.length === saved.length &&
    layout.every((entry, index) => {
      const shape = saved[index]?.shape ?? [-1];
      if (entry.kind !== "slot") return sizeOf(shape) === 1;
      return JSON.stringify(shape) === JSON.stringify(weights[entry.weight]?.shape);
    })
  );
}

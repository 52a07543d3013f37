import type { WeightRef } from "../../../ir/tensor.ts";
import { isJsonObject, type JsonObject } from "../../../json.ts";
import { scalesLoss, withoutLossScale } from "../../../sources/keras/loss-scale.ts";
import type { ModelConfig } from "../../../sources/keras/topology.ts";
import { type StateEntry, stateLayout } from "../../../train/optimizers/state-layout.ts";
import { stateName } from "../../../train/optimizers/state-names.ts";
import { constantWeight, filledWeight } from "../../../weights/constant.ts";
import { nativeWeights } from "../legacy/native-weights.ts";
import type { WeightContext } from "../state-weights.ts";
import { layoutOptions, type OptimizerContent, settingsOf, slotNames } from "./content.ts";
import { type TrainableArray, trainableArrays } from "./trainable-weights.ts";

/** An optimizer's arrays as a generation of Keras has them. */
export interface OptimizerArrays {
  /** Of the optimizer: `adam`. */
  readonly name: string;
  readonly arrays: readonly { readonly name: string; readonly ref: WeightRef }[];
  /** Those of a `LossScaleOptimizer` around it. */
  readonly around?: OptimizerArrays["arrays"];
}

/** The model whose file the state goes into. */
export interface OptimizerOwner extends WeightContext {
  readonly model: ModelConfig;
  readonly training: JsonObject | undefined;
}

/** The state in the order and under the names of the owner's generation; a text that says why it cannot be. */
export function optimizerArrays(
  content: OptimizerContent,
  owner: OptimizerOwner,
): OptimizerArrays | string {
  const { version } = owner.dialect;
  const settings = settingsOf(owner.training, version);
  if (settings === undefined) return "what it holds is not known here.";
  const owners = trainableArrays(owner.model, owner);
  const names = slotNames(settings);
  const native = names.map((name) => {
    const table = content.slots.get(name);
    return owners.map(
      ({ leaf, role }) =>
        nativeWeights(leaf, table?.get(leaf.layer) ?? new Map(), owner.dialect).find(
          (one) => one.role === role,
        )?.ref,
    );
  });
  const kept = slotNames(content.settings);
  const begun = content.slots.size > 0 || kept.length === 0;
  // Some generations keep a momentum that is not used.
  const unused = (slot: number): boolean =>
    names[slot] === "momentum" && !kept.includes("momentum") && settings.config.momentum === 0;
  const layout = stateLayout(layoutOptions(settings, version, owners.length)).filter(
    ({ kind }) =>
      (begun || kind === "iterations" || kind === "rate") &&
      (kind !== "rate" || !isScheduled(owner.training)),
  );
  const ahead = layout.filter(({ kind }) => kind !== "slot" && kind !== "unused").length;
  const arrays = layout.flatMap((entry, index) => {
    const ref =
      entry.kind === "slot"
        ? (native[entry.slot]?.[entry.weight] ??
          (unused(entry.slot) ? zerosLike(owners[entry.weight]) : undefined))
        : (content.scalars.get(entry.kind) ?? initial(entry, settings.config.learning_rate));
    if (ref === undefined) return [];
    const place = index - ahead;
    return [{ name: stateName({ settings, version, entry, place }, owners), ref }];
  });
  if (arrays.length !== layout.length) {
    return "the new file keeps more of this optimizer than there is.";
  }
  const { around } = content;
  const isKept =
    around !== undefined &&
    content.settings.dialect === settings.dialect &&
    scalesLoss(owner.training) === around.stated;
  return { name: settings.name, arrays, ...(isKept ? { around: around.arrays } : {}) };
}

function zerosLike(owner: TrainableArray | undefined): WeightRef | undefined {
  if (owner === undefined) return undefined;
  const { name, shape } = owner;
  return filledWeight(`${name}/momentum;${shape}`, shape, 0);
}

/** What a file does not hold begins at 0; the rate is that of the settings. */
function initial({ kind }: StateEntry, rate: number): WeightRef | undefined {
  switch (kind) {
    case "iterations":
      return constantWeight(kind, [], [0], "int64");
    case "rate":
      return constantWeight(kind, [], [Math.fround(rate)]);
    case "unused":
      return constantWeight(kind, [1], [0]);
    default:
      return undefined;
  }
}

function isScheduled(training: JsonObject | undefined): boolean {
  const optimizer = withoutLossScale(training?.optimizer ?? training?.optimizer_config ?? null);
  const config = isJsonObject(optimizer) ? optimizer.config : undefined;
  return isJsonObject(config) && isJsonObject(config.learning_rate);
}

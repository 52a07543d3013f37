import type { OptimizerDialect } from "./dialect.ts";
import type { OptimizerName, OptimizerSettings } from "./settings.ts";
import { slotsBeside, slotsOf } from "./slots.ts";
import type { TrainableWeight } from "./state.ts";
import type { StateEntry } from "./state-layout.ts";

/** One array whose name is asked for. */
export interface NamedEntry {
  readonly settings: OptimizerSettings;
  readonly version: string;
  readonly entry: StateEntry;
  /** Its place among the arrays that belong to weights, from 0. */
  readonly place: number;
}

/**
 * The name of an array in `optimizer_weights`, as the generation has it: `training/Adam/Variable_3:0`,
 * `Adam/conv1/kernel/m:0`, `Adam/m/conv1/kernel:0`, `adam/conv1_kernel_momentum`.
 */
export function stateName(named: NamedEntry, weights: readonly TrainableWeight[]): string {
  const { settings, entry } = named;
  const { name, dialect } = settings;
  const title = TITLES[name];
  if (dialect === "keras") return standaloneName(named, title);
  const snake = SNAKES[name];
  switch (entry.kind) {
    case "iterations":
      return { "tf-legacy": `${title}/iter:0`, tf: "iteration:0", "keras-3": `${snake}/iteration` }[
        dialect
      ];
    case "rate":
      return `${snake}/learning_rate`;
    case "product":
      return dialect === "keras-3" ? "variable" : `${title}/momentum_cache:0`;
    case "unused":
      return "";
    case "slot": {
      const weight = weights[entry.weight]?.name ?? "";
      const word = wordOf(settings, entry.slot);
      if (dialect === "keras-3") return `${snake}/${weight.replaceAll("/", "_")}_${word}`;
      return dialect === "tf" ? `${title}/${word}/${weight}:0` : `${title}/${weight}/${word}:0`;
    }
  }
}

/** Up to 2.2 stand-alone Keras counts its variables and says nothing of the weight; in 2.3 it counts each kind. */
function standaloneName(named: NamedEntry, title: string): string {
  const { settings, version, entry, place } = named;
  if (entry.kind === "iterations") return `${title}/iterations:0`;
  if (entry.kind === "product") return `${title}/m_schedule:0`;
  if (version.startsWith("2.3")) {
    const words = WORDS.keras[settings.name];
    const word = entry.kind === "slot" ? words[entry.slot] : "vhat";
    return `training/${title}/${word}_${entry.kind === "slot" ? entry.weight : place}:0`;
  }
  return `training/${title}/Variable${place === 0 ? "" : `_${place}`}:0`;
}

const TITLES: Readonly<Record<OptimizerName, string>> = {
  sgd: "SGD",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  adadelta: "Adadelta",
  adam: "Adam",
  adamw: "AdamW",
  adamax: "Adamax",
  nadam: "Nadam",
  ftrl: "Ftrl",
  lion: "Lion",
  lamb: "Lamb",
};

/** Keras 3 makes them from the class names. */
const SNAKES: Readonly<Record<OptimizerName, string>> = {
  sgd: "sgd",
  rmsprop: "rm_sprop",
  adagrad: "adagrad",
  adadelta: "adadelta",
  adam: "adam",
  adamw: "adam_w",
  adamax: "adamax",
  nadam: "nadam",
  ftrl: "ftrl",
  lion: "lion",
  lamb: "lamb",
};

type Words = Readonly<Record<OptimizerName, readonly string[]>>;

const ADAM = ["m", "v", "vhat"];
const FTRL = ["accumulator", "linear"];
const ADAM_3 = ["momentum", "velocity", "velocity_hat"];

/** Each dialect's word for each slot.  */
const WORDS: Readonly<Record<OptimizerDialect, Words>> = {
  keras: {
    sgd: ["moment"],
    rmsprop: ["accumulator"],
    adagrad: ["accumulator"],
    adadelta: ["accumulator", "delta_accumulator"],
    adam: ADAM,
    adamw: ADAM,
    adamax: ["m", "u"],
    nadam: ADAM,
    ftrl: FTRL,
    lion: ADAM,
    lamb: ADAM,
  },
  "tf-legacy": {
    sgd: ["momentum"],
    rmsprop: ["rms", "momentum", "mg"],
    adagrad: ["accumulator"],
    adadelta: ["accum_grad", "accum_var"],
    adam: ADAM,
    adamw: ADAM,
    adamax: ADAM,
    nadam: ADAM,
    ftrl: FTRL,
    lion: ADAM,
    lamb: ADAM,
  },
  tf: {
    sgd: ["m"],
    rmsprop: ["velocity", "momentum", "average_gradient"],
    adagrad: ["accumulator"],
    adadelta: ["accumulated_grad", "accumulated_delta_var"],
    adam: ADAM,
    adamw: ADAM,
    adamax: ["m", "u"],
    nadam: ADAM,
    ftrl: FTRL,
    lion: ADAM,
    lamb: ADAM,
  },
  "keras-3": {
    sgd: ["momentum"],
    rmsprop: ["velocity", "momentum", "average_gradient"],
    adagrad: ["accumulator"],
    adadelta: ["accumulated_grad", "accumulated_delta_var"],
    adam: ADAM_3,
    adamw: ADAM_3,
    adamax: ["momentum", "norm"],
    nadam: ADAM_3,
    ftrl: FTRL,
    lion: ADAM_3,
    lamb: ADAM_3,
  },
};

/** Which of the words a slot has: a centered RMSprop without momentum skips one. */
function wordOf(settings: OptimizerSettings, slot: number): string {
  const { name, dialect, config } = settings;
  const { name: own = "" } = slotsOf(settings)[slot] ?? {};
  if (slotsBeside(settings).some((beside) => beside.name === own)) return own;
  const skips = name === "rmsprop" && slot > 0 && config.momentum <= 0;
  return WORDS[dialect][name][skips ? slot + 1 : slot] ?? "";
}

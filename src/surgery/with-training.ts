import { fail } from "../errors.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Dialect } from "../sources/keras/layer-spec.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { withTrainingJson } from "./rename-output.ts";
import { retrace, weightsByPath, withoutOptimizer } from "./retrace.ts";

/** How a model is to be trained. */
export interface TrainingOptions {
  readonly optimizer: {
    /** As `adam`. */
    readonly name: string;
    /** In the spelling of Keras 3 (`learning_rate`, `beta_1`, …); what is left out is Keras' default. */
    readonly config?: JsonObject;
  };
  /** A name of Keras', or `{ class_name, config }`; by output for several. */
  readonly loss: Json;
  readonly metrics?: readonly string[];
}

/**
 * The model compiled: its files will say how it is trained, in the words of its own Keras. Throws `unsupported` for an optimizer which
 * that Keras does not have.
 */
export function withTraining(traced: TracedModel, options: TrainingOptions): TracedModel {
  const archive = withoutOptimizer(traced.archive);
  const inside = archive.container === ".keras";
  const training = trainingJson(options, { dialect: archive.dialect, inside });
  return retrace(
    { ...traced, archive: withTrainingJson(archive, training) },
    weightsByPath(traced),
  );
}

/** `training_config` of a HDF5 file, or `compile_config` of a `.keras` file. */
function trainingJson(
  { optimizer, loss, metrics = [] }: TrainingOptions,
  { dialect, inside }: { readonly dialect: Dialect; readonly inside: boolean },
): JsonObject {
  const stated = optimizerJson(optimizer, dialect);
  const common = { loss, metrics: [...metrics], loss_weights: null };
  const key = inside ? "optimizer" : "optimizer_config";
  switch (dialect.generation) {
    case 1:
      return { optimizer_config: stated, loss, metrics: [...metrics], sample_weight_mode: null };
    case 2:
      return { optimizer_config: stated, ...common, sample_weight_mode: null };
    case "tf":
      return { [key]: stated, ...common, weighted_metrics: null };
    case 3: {
      const running = { run_eagerly: false, steps_per_execution: 1, jit_compile: false };
      return { [key]: stated, ...common, weighted_metrics: null, ...running };
    }
  }
}

function optimizerJson(
  { name, config = {} }: TrainingOptions["optimizer"],
  dialect: Dialect,
): JsonObject {
  const className = CLASSES.get(name.toLowerCase());
  const { generation } = dialect;
  const old = generation === 1 || generation === 2;
  if (className === undefined || (className === "AdamW" && old)) {
    return fail("unsupported", `The Keras of the model has no optimizer "${name}".`, {
      hint: `It has ${[...CLASSES.keys()].filter((one) => !old || one !== "adamw").join(", ")}.`,
    });
  }
  const renamed = Object.entries(config).map(
    ([key, value]) => [key === "learning_rate" && saysLr(dialect) ? "lr" : key, value] as const,
  );
  const plain = Object.fromEntries(renamed);
  if (old) return { class_name: className, config: plain };
  const named = { name: className, ...(isNewTf(dialect) ? NEW_TF : {}), ...plain };
  return generation === 3
    ? {
        module: "keras.optimizers",
        class_name: className,
        config: { ...named, name: name.toLowerCase() },
        registered_name: null,
      }
    : { class_name: className, config: named };
}

/** tf.keras from 2.11 on, whose optimizers are others than before; their configs tell. */
function isNewTf({ generation, version }: Dialect): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return generation === "tf" && (major > 2 || minor >= 11);
}

const NEW_TF = { use_ema: false, jit_compile: false, is_legacy_optimizer: false };

/** Before Keras 2.3. */
function saysLr({ generation, version }: Dialect): boolean {
  return generation === 1 || (generation === 2 && !/^2\.3\b/.test(version));
}

const CLASSES: ReadonlyMap<string, string> = new Map([
  ["sgd", "SGD"],
  ["rmsprop", "RMSprop"],
  ["adagrad", "Adagrad"],
  ["adadelta", "Adadelta"],
  ["adam", "Adam"],
  ["adamw", "AdamW"],
  ["adamax", "Adamax"],
  ["nadam", "Nadam"],
]);

import type { Diagnostic } from "../../errors.ts";
import type { ActivityPenalty, ValueId } from "../../ir/graph.ts";
import { isJsonList, isJsonObject, type Json } from "../../json.ts";
import type { Dialect } from "./layer-spec.ts";
import { diagnosticOf, strengthsOf } from "./regularizer-strengths.ts";
import { innermost, type LayerConfig, type ModelConfig } from "./topology.ts";

/** What regularizers of outputs add to the loss, as found while layers are lowered. */
export interface ActivityPenalties {
  readonly penalties: ActivityPenalty[];
  /** What cannot be told, once for each layer. */
  readonly others: Diagnostic[];
}

/** What becomes of the regularizers of outputs of layers, by what is around these. */
export interface ActivityScope {
  readonly found: ActivityPenalties;
  /** Whether the model has a fixed batch size. */
  readonly isFixed: boolean;
  /** How many time axes are samples to the layer: their mean is taken. */
  readonly steps: number;
  /** How often each output is added. */
  readonly times: number;
  /** Wrappers that hold each other right around the layer. */
  readonly depth: number;
  /** Whether the layer runs without being called, so that its outputs are not seen. */
  readonly silent: boolean;
}

/** The scope of a whole model. */
export function activityScope({ layers, inputs }: ModelConfig): ActivityScope {
  const found = { penalties: [], others: [] };
  const isFixed = inputs.some(({ layer }) => {
    const { batch_input_shape: shape } = layers.find(({ name }) => name === layer)?.config ?? {};
    return isJsonList(shape) && typeof shape[0] === "number";
  });
  return { found, isFixed, steps: 0, times: 1, depth: 0, silent: false };
}

/**
 * The scope of what a wrapper holds. TimeDistributed of tf.keras calls it with steps for samples, and a model once more for each wrapper
 * around it that asks for masks. Elsewhere it runs what it holds without calling it, but for the layers of a model in Keras 3.
 * @see keras/layers/wrappers.py (2.2.4); keras/src/layers/rnn/time_distributed.py `compute_mask` (2.15), `call` (3)
 */
export function scopeWithin(
  scope: ActivityScope,
  { className }: LayerConfig,
  held: LayerConfig,
  dialect: Dialect,
): ActivityScope {
  const { steps, times, depth } = scope;
  const isModel = held.model !== undefined;
  if (className !== "TimeDistributed") return { ...scope, depth: 0 };
  if (!isTensorFlow(dialect)) return { ...scope, silent: dialect.generation !== 3 || !isModel };
  return isModel
    ? { ...scope, steps: steps + 1, times: times * (depth + 2), depth: 0 }
    : { ...scope, steps: steps + 1, depth: depth + 1 };
}

/**
 * Notes what the regularizer of a layer adds for the outputs of one of its calls, masks or not.
 * @see keras/engine/base_layer.py `Layer.__call__` (2.2.4); `_handle_activity_regularization` (2.15); keras/src/layers/layer.py (3)
 */
export function noteActivities(
  { found, isFixed, steps, times, silent }: ActivityScope,
  layer: LayerConfig,
  values: readonly ValueId[],
  dialect: Dialect,
): void {
  if (silent) return;
  for (const stated of regularizersOf(layer, dialect)) {
    const { l1 = 0, l2 = 0 } = strengthsOf(stated) ?? {};
    const why = whyUnknown(layer, stated, { dialect, isFixed });
    if (why !== undefined && !(l1 === 0 && l2 === 0 && strengthsOf(stated))) {
      const isTold = found.others.some(({ at }) => at?.layer === layer.path);
      if (!isTold) found.others.push(diagnosticOf(layer, why));
    } else if (l1 !== 0 || l2 !== 0) {
      const told = { layer: layer.path, l1: times * l1, l2: times * l2, steps };
      found.penalties.push(...values.map((value) => ({ ...told, value })));
    }
  }
}

/** Stated for a layer, or for what it wraps where the wrapper takes it over. */
function regularizersOf(layer: LayerConfig, dialect: Dialect): readonly Json[] {
  const { className, config } = layer;
  if (className === "ActivityRegularization") {
    return [{ name: "L1L2", l1: config.l1 ?? 0, l2: config.l2 ?? 0 }];
  }
  const { activity_regularizer: own = null } = config;
  const isOfSteps = className === "TimeDistributed" && isStandalone(dialect);
  const held = isOfSteps || className === "Bidirectional" ? innermost(layer) : layer;
  const { activity_regularizer: within = null } = held === layer ? {} : held.config;
  return [own, within, otherBackward(layer, within)].filter((one) => one !== null);
}

/** Of a backward layer that is no copy of the forward one; null where it is the same. */
function otherBackward({ config }: LayerConfig, forward: Json): Json {
  const { backward_layer: backward = null } = config;
  if (!isJsonObject(backward) || !isJsonObject(backward.config)) return null;
  const { activity_regularizer: own = null } = backward.config;
  const [one, two] = [strengthsOf(own), strengthsOf(forward)];
  return one?.l1 === two?.l1 && one?.l2 === two?.l2 ? null : { name: OTHER };
}

const OTHER = "another regularizer";

/** The first that speaks against one; undefined where its numbers are known. */
function whyUnknown(
  { className, config }: LayerConfig,
  stated: Json,
  { dialect, isFixed }: { readonly dialect: Dialect; readonly isFixed: boolean },
): string | undefined {
  if (isJsonObject(stated) && stated.name === OTHER) {
    return "Its two layers have different activity regularizers";
  }
  if (strengthsOf(stated) === undefined) return "Its activity_regularizer is neither L1 nor L2";
  if (dialect.generation === 1 && /^1\.[01]\./.test(dialect.version)) {
    return "Its activity regularizer is one of Keras before 1.2, which counts while training only";
  }
  if (className.endsWith("Attention")) {
    return "Its activity regularizer is for the projections within it";
  }
  // Where the size reaches the wrapper, it counts twice.
  if (className === "TimeDistributed" && isFixed && isStandalone(dialect)) {
    return "Its activity regularizer counts once or twice, as the fixed batch size of the model reaches it";
  }
  // Each direction is called by itself, before the two are merged.
  const { merge_mode: merge = "concat" } = config;
  const isMerged = className === "Bidirectional" && merge !== "concat" && merge !== null;
  return isMerged && !isStandalone(dialect)
    ? "Its activity regularizer is for each direction, before they are merged"
    : undefined;
}

function isTensorFlow({ generation, version }: Dialect): boolean {
  return generation === "tf" || version.endsWith("-tf");
}

function isStandalone(dialect: Dialect): boolean {
  return dialect.generation !== 3 && !isTensorFlow(dialect);
}

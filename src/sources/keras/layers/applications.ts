import { constantWeight } from "../../../weights/constant.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { onlyInput } from "./axes.ts";
import { passMask, stopMask } from "./masks.ts";
import { emitNoise } from "./noise.ts";
import { emitAffine, emitLearnedAffine } from "./preprocessing.ts";

/** Layers that keras-applications defines for its own models, and the layer that does nothing. */
export const applicationSpecs: readonly LayerSpec[] = [
  {
    classNames: ["LayerScale"],
    slots: () => [{ role: "gamma" }],
    lower: lowerLayerScale,
  },
  { classNames: ["StochasticDepth"], lower: lowerStochasticDepth },
  { classNames: ["CustomScaleLayer"], lower: lowerCustomScale },
  { classNames: ["Identity"], lower: lowerIdentity },
];

/** ConvNeXt: one factor per channel. @see keras/src/applications/convnext.py (Keras 3) */
function lowerLayerScale(call: LayerCall): LayerResult {
  const channels = call.config.int("projection_dim");
  const scale = call.weight("gamma", [channels]);
  return stopMask(emitLearnedAffine(call, onlyInput(call), { scale }));
}

/** ConvNeXt: drops whole samples in training. */
function lowerStochasticDepth(call: LayerCall): LayerResult {
  const rank = call.shapeOf(onlyInput(call)).length;
  const sharedAxes = Array.from({ length: rank - 1 }, (_, index) => index + 1);
  const rate = call.config.number("drop_path_rate", 0);
  const { outputs } = emitNoise(call, { fn: "dropout", rate, sharedAxes });
  return stopMask(...outputs);
}

/** InceptionResNetV2: the first input and a fixed share of the second. */
function lowerCustomScale(call: LayerCall): LayerResult {
  const [first, second] = call.inputs;
  if (first === undefined || second === undefined) return call.refuse("it takes two inputs.");
  const share = call.config.number("scale");
  const scale = constantWeight(`${call.origin.layer}/scale`, [1], [share]);
  const scaled = emitAffine(call, second, { scale });
  return stopMask(call.emit({ kind: "merge", fn: "add", weights: {} }, first, scaled));
}

/** Keras 3 lets a mask pass, tf.keras does not. */
function lowerIdentity(call: LayerCall): LayerResult {
  const activation = { fn: "linear" } as const;
  const op = { kind: "activation", activation, weights: {} } as const;
  const value = call.emit(op, onlyInput(call));
  return call.dialect.generation === 3 ? passMask(value) : stopMask(value);
}

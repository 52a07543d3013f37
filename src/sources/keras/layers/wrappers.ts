import type { ConfigReader } from "../config.ts";
import type { Dialect, LayerCall, LayerResult, LayerSpec, WeightSlot } from "../layer-spec.ts";
import { onlyInput } from "./axes.ts";
import { passMask, stopMask } from "./masks.ts";
import { liftOverTime } from "./time-lift.ts";
import { MOST_STEPS } from "./time-steps.ts";

/** Layers around one other layer. `find` gives the spec of a class, for the weights of what is wrapped. */
export function wrapperSpecs(
  find: (className: string) => LayerSpec | undefined,
): readonly LayerSpec[] {
  return [
    {
      classNames: ["TimeDistributed"],
      slots: (config, dialect) => innerSlots(find, config, dialect),
      lower: lowerTimeDistributed,
    },
    {
      classNames: ["SpectralNormalization"],
      slots: (config, dialect) => [
        ...innerSlots(find, config, dialect),
        { role: "vector_u", nonTrainable: true },
      ],
      lower: lowerSpectral,
    },
  ];
}

/** The weights of the wrapped layer under `layer/`; none for a wrapped model, whose layers have their own. */
function innerSlots(
  find: (className: string) => LayerSpec | undefined,
  config: ConfigReader,
  dialect: Dialect,
): readonly WeightSlot[] {
  const layer = config.object("layer");
  const inner = layer?.object("config");
  if (layer === undefined || inner === undefined) return [];
  const name = layer.string("class_name", "");
  const slots = find(name.slice(name.lastIndexOf(">") + 1))?.slots?.(inner, dialect) ?? [];
  return slots.map((slot) => ({ ...slot, role: `layer/${slot.role}` }));
}

/**
 * Every op of the wrapped layer or model gets the time axis, or is written out for each step. A mask of whole steps travels on beside it.
 *
 * @see keras/layers/wrappers.py (Keras 2.2.4) `TimeDistributed.compute_mask`
 */
function lowerTimeDistributed(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const [, time = null, ...rest] = call.shapeOf(input);
  if (rest.length === 0) call.refuse("it takes inputs of three or more dimensions.");
  const lifted = liftOverTime(call.build, time, (kind) =>
    call.refuse(
      `what it wraps needs a step ("${kind}") that cannot act on each time step alone, and cannot be written out for each of ` +
        `them: that takes a fixed number of steps, at most ${MOST_STEPS}.`,
      "Apply the layer without TimeDistributed where the model allows it.",
    ),
  );
  const outputs = call.wrapped("layer", "layer", [input], [undefined], lifted);
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1) {
    return call.refuse("it wraps something with several outputs.");
  }
  return passMask(output);
}

/** At inference it is the layer it wraps: the file has the normalised kernel. */
function lowerSpectral(call: LayerCall): LayerResult {
  return stopMask(...call.wrapped("layer", "layer", [onlyInput(call)], call.masks));
}

import type { ValueId } from "../../../ir/graph.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import type { Json, JsonObject } from "../../../json.ts";
import type { ConfigReader } from "../config.ts";
import type { LayerCall } from "../layer-spec.ts";
import { namedActivation, relu } from "./activation-names.ts";
import { flatNumbers, isList } from "./numbers.ts";

/**
 * The activation under a config key, for values of `rank` dimensions: a name, a function dict of Keras 3 or tf.keras
 * 2.12+, or a serialised activation layer (`Dense(activation=LeakyReLU())`). Absent means linear.
 */
export function readActivation(
  call: LayerCall,
  config: ConfigReader,
  key: string,
  rank: number,
): Activation {
  const json = config.raw(key);
  if (json === undefined || json === null) return { fn: "linear" };
  const found = parseActivation(call, json, rank);
  if (found !== undefined) return found;
  return call.refuse(
    `${key} is ${JSON.stringify(json)}, which is not an activation known here.`,
    "Supply the layer with --custom, or rename the activation in the model to the Keras one it equals.",
  );
}

/** Applies the layer's own `activation` to its output; nothing for a linear one. */
export function activate(
  call: LayerCall,
  value: ValueId,
  config: ConfigReader = call.config,
): ValueId {
  const activation = readActivation(call, config, "activation", call.shapeOf(value).length);
  if (activation.fn === "linear") return value;
  return call.emit({ kind: "activation", activation, weights: {} }, value);
}

function parseActivation(call: LayerCall, json: Json, rank: number): Activation | undefined {
  if (typeof json === "string") return namedActivation(json, rank - 1, call.dialect);
  if (typeof json !== "object" || json === null || isList(json)) return undefined;
  const { class_name: className, config, registered_name: registered } = json;
  if (typeof config === "string") return namedActivation(config, rank - 1, call.dialect);
  if (typeof className === "string") {
    const inner = typeof config === "object" && config !== null && !isList(config) ? config : {};
    const layer = layerActivation(className, inner, rank);
    if (layer !== undefined) return layer;
    return namedActivation(className, rank - 1, call.dialect);
  }
  return typeof registered === "string"
    ? namedActivation(registered, rank - 1, call.dialect)
    : undefined;
}

/** An activation layer given as an activation, or undefined when the class has weights or is none. */
export function layerActivation(
  className: string,
  config: JsonObject,
  rank: number,
): Activation | undefined {
  const number = (key: string): number | undefined => flatNumbers(config[key])?.[0];
  switch (className.slice(className.lastIndexOf(">") + 1)) {
    case "ReLU":
      return relu({
        maxValue: number("max_value"),
        negativeSlope: number("negative_slope"),
        threshold: number("threshold"),
      });
    case "LeakyReLU":
      return relu({ negativeSlope: number("negative_slope") ?? number("alpha") ?? 0.3 });
    case "ELU":
      return { fn: "elu", alpha: number("alpha") ?? 1 };
    case "ThresholdedReLU":
      return { fn: "thresholdedRelu", theta: number("theta") ?? 1 };
    case "Softmax": {
      const axis = number("axis") ?? -1;
      return { fn: "softmax", axis: axis < 0 ? axis + rank : axis };
    }
    default:
      return undefined;
  }
}

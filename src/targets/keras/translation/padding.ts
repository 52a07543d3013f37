import { isJsonList, type Json, type JsonObject } from "../../../json.ts";
import { convPadding } from "../../../sources/keras/layers/theano-padding.ts";
import { refuse } from "./layer-facts.ts";
import type { LayerFacts, Step } from "./words.ts";

const PADDED = /^(Depthwise|Separable)?Conv([123])D$/;

/** Theano pads `same` otherwise than all others: the zeros get a layer of their own. */
export function separatePadding(
  className: string,
  config: JsonObject,
  facts: LayerFacts,
): { readonly config: JsonObject; readonly before?: Step; readonly reworded?: true } {
  const { dialect } = facts;
  if (className === "SeparableConv1D" && config.padding === "causal") return causalPadding(config);
  if (dialect.backend !== "theano" || config.padding !== "same") return { config: {} };
  const rank = Number(PADDED.exec(className)?.[2] ?? 0);
  if (rank === 0) {
    const stride1 = numbers(config.strides ?? 1, 3).every((stride) => stride === 1);
    const odd = numbers(config.pool_size ?? 2, 3).every((size) => size % 2 === 1);
    if (/Pooling/.test(className) && !(stride1 && odd)) {
      refuse(facts, "Theano pads a pooling otherwise than TensorFlow.");
    }
    return { config: {} };
  }
  const kernel = numbers(config.kernel_size ?? 1, rank);
  const dilations = numbers(config.dilation_rate ?? 1, rank);
  const strides = numbers(config.strides ?? 1, rank);
  const padding = convPadding("same", kernel, dilations, dialect);
  if (typeof padding === "string") return { config: {} };
  const even = padding.every(([before, after]) => before === after);
  if (even && strides.every((stride) => stride === 1)) return { config: {}, reworded: true };
  const amounts = padding.map(([before, after]): Json => [before, after]);
  const { data_format: format } = config;
  const step = {
    suffix: "pad",
    className: `ZeroPadding${rank}D`,
    config: {
      padding: rank === 1 ? (amounts[0] ?? 0) : amounts,
      ...(format === undefined ? {} : { data_format: format }),
    },
  };
  return { config: { padding: "valid" }, before: step };
}

/** Keras knows `causal` for Conv1D alone. */
function causalPadding(config: JsonObject): { readonly config: JsonObject; readonly before: Step } {
  const [kernel = 1] = numbers(config.kernel_size ?? 1, 1);
  const [dilation = 1] = numbers(config.dilation_rate ?? 1, 1);
  const padding = [(kernel - 1) * dilation, 0];
  const step = { suffix: "pad", className: "ZeroPadding1D", config: { padding } };
  return { config: { padding: "valid" }, before: step };
}

function numbers(value: Json, rank: number): readonly number[] {
  const list = isJsonList(value) ? value : Array.from({ length: rank }, () => value);
  return list.map((item) => (typeof item === "number" ? item : 1));
}

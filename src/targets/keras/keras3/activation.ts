import { isJsonObject, type Json } from "../../../json.ts";
import { plainClass } from "../../../sources/keras/parse-model.ts";

/** The name of an activation in an older config, in lower case; undefined for one that is an object of its own. */
export function activationName(stated: Json): string | undefined {
  if (stated === null) return "linear";
  if (typeof stated === "string") return nameOf(stated);
  if (!isJsonObject(stated)) return undefined;
  const { class_name: className, config } = stated;
  if (typeof config === "string") return nameOf(config);
  return typeof className === "string" && !isJsonObject(config) ? nameOf(className) : undefined;
}

/** Whether Keras 3 has a function of this name that means what it meant before. */
export function isKeras3Activation(name: string): boolean {
  return NAMES.has(name);
}

function nameOf(text: string): string {
  const plain = plainClass(text);
  const name = plain.slice(plain.lastIndexOf(".") + 1).toLowerCase();
  return RENAMED.get(name.replaceAll("_", "")) ?? name;
}

const RENAMED: ReadonlyMap<string, string> = new Map([
  ["swish", "silu"],
  ["swishv2", "silu"],
  ["softmaxv2", "softmax"],
  ["logsoftmax", "log_softmax"],
  ["logsoftmaxv2", "log_softmax"],
  ["relu6", "relu6"],
  ["hardsigmoid", "hard_sigmoid"],
  ["leakyrelu", "leaky_relu"],
  ["hardswish", "hard_silu"],
]);

const NAMES: ReadonlySet<string> = new Set([
  "linear",
  "relu",
  "relu6",
  "leaky_relu",
  "elu",
  "selu",
  "sigmoid",
  "tanh",
  "softplus",
  "softsign",
  "softmax",
  "log_softmax",
  "exponential",
  "silu",
  "hard_silu",
  "gelu",
  "mish",
]);

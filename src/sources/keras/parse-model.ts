import { fail, type Place } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { quoteJson } from "./config.ts";
import { parseFunctional } from "./functional.ts";
import type { Dialect } from "./layer-spec.ts";
import { parseSequential } from "./sequential.ts";
import type { CallConfig, LayerConfig, ModelConfig } from "./topology.ts";
import { unwrapConfig } from "./unwrap.ts";
import { modernise } from "./versions.ts";

/** Where in the tree of models a config stands. */
export interface ParseContext {
  readonly dialect: Dialect;
  /** File and JSON path, for messages. */
  readonly at: Place;
  /** Layer path of the model around, with a slash at its end; empty at the top. */
  readonly prefix: string;
  /** Whether all models around are trainable. */
  readonly trainable: boolean;
  readonly depth: number;
}

/**
 * The model that a Keras config describes, with every nested model opened. Throws `bad-config` for what no
 * Keras writes and `unsupported` for models whose structure is not in the file (subclassed ones).
 */
export function parseModel(model: JsonObject, context: ParseContext): ModelConfig {
  const { class_name: rawClass, config } = model;
  if (typeof rawClass !== "string") return notAModel(model, context.at);
  const className = plainClass(rawClass);
  if (!isModel(className, config)) return refuseModel(className, model, context);
  if (context.depth > MAX_DEPTH) {
    fail("limit", `Models are nested more than ${MAX_DEPTH} deep.`, { at: context.at });
  }
  const inner = { ...context, depth: context.depth + 1 };
  return className === "Sequential" || isJsonList(config) || config.input_layers === undefined
    ? parseSequential(className, config, modelName(model, className), inner)
    : parseFunctional(className, config, modelName(model, className), inner);
}

/** One entry of a model's layer list, called as `calls` say. */
export function parseLayer(
  entry: Json,
  context: ParseContext,
  calls: readonly CallConfig[] = [],
): LayerConfig {
  if (!isJsonObject(entry)) return notALayer(entry, context.at);
  const { class_name: rawClass, config = {} } = entry;
  if (typeof rawClass !== "string") return notALayer(entry, context.at);
  const fileClass = plainClass(rawClass);
  const name = layerName(entry) ?? snakeCase(fileClass);
  const path = `${context.prefix}${name}`;
  const ownTrainable = !isJsonObject(config) || config.trainable !== false;
  const trainable = context.trainable && ownTrainable;
  const inner = { ...context, prefix: `${path}/`, trainable };
  const common = { name, path, fileClass, trainable, ownTrainable, calls };
  if (isModel(fileClass, config)) {
    const model = parseModel(entry, inner);
    const json = isJsonObject(config) ? config : { layers: config };
    return { ...common, className: fileClass, json, config: json, model };
  }
  if (!isJsonObject(config)) return notALayer(entry, context.at);
  const modern = modernise(fileClass, unwrapConfig(config), context.dialect);
  const layer = { ...common, ...modern, json: config };
  const { layer: held } = config;
  const holds = isJsonObject(held) && typeof held.class_name === "string";
  if (!holds || context.depth > MAX_DEPTH) return layer;
  const wrapped = parseLayer(held, { ...inner, depth: context.depth + 1 });
  return { ...layer, config: rewrap(modern.config, held, wrapped), wrapped };
}

/** A wrapper's config with what it wraps in Keras 2 spelling too. */
function rewrap(config: JsonObject, held: JsonObject, wrapped: LayerConfig): JsonObject {
  if (wrapped.model !== undefined) return config;
  const layer = { ...held, class_name: wrapped.className, config: wrapped.config };
  return { ...config, layer };
}

/** `Functional` of `Custom>Functional`: what is registered under a package keeps its own name. */
export function plainClass(className: string): string {
  return className.slice(className.lastIndexOf(">") + 1);
}

/** `Conv2D` → `conv2d`, `PReLU` → `p_re_lu`: how Keras makes names from classes. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** Far more than anybody nests, far less than the stack holds. */
const MAX_DEPTH = 64;

function isModel(
  className: string,
  config: Json | undefined,
): config is JsonObject | readonly Json[] {
  if (isJsonList(config)) return true;
  if (!isJsonObject(config) || !isJsonList(config.layers)) return false;
  return MODELS.has(className) || config.input_layers !== undefined;
}

const MODELS: ReadonlySet<string> = new Set(["Sequential", "Model", "Functional"]);

/** The name of a layer's entry; undefined where Keras makes one up. */
export function layerName(entry: Json): string | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { name, config } = entry;
  const inner = isJsonObject(config) ? config.name : undefined;
  if (typeof inner === "string") return inner;
  return typeof name === "string" ? name : undefined;
}

/** Keras 1 and early Keras 2 give a Sequential no name in its config. */
function modelName(model: JsonObject, className: string): string {
  return layerName(model) ?? `${snakeCase(className)}_1`;
}

function refuseModel(className: string, model: JsonObject, context: ParseContext): never {
  const { at } = context;
  if (className === "Graph") {
    fail("unsupported", "This is a Graph model of Keras 0.x.", {
      at,
      hint: "Load it with Keras 1, rebuild it with the functional API, and save it again.",
    });
  }
  if (isJsonObject(model.config)) {
    fail(
      "unsupported",
      `The model is of class "${className}", whose structure is written in Python and not in the file.`,
      {
        at,
        hint: "Only Sequential and functional models can be read; rebuild it with keras.Model(inputs, outputs).",
      },
    );
  }
  return notAModel(model, at);
}

function notAModel(model: Json, at: Place): never {
  if (isJsonObject(model) && isJsonList(model.layers) && typeof model.name === "string") {
    return fail("unsupported", "This is an architecture of Keras 0.x.", {
      at,
      hint: "Load it with Keras 0.3, save its weights, and write its layers down with Keras 1 or later.",
    });
  }
  return fail("bad-config", `${quoteJson(model)} is no model: it has no class_name and config.`, {
    at,
  });
}

function notALayer(entry: Json, at: Place): never {
  return fail("bad-config", `${quoteJson(entry)} is no layer: it has no class_name and config.`, {
    at,
  });
}

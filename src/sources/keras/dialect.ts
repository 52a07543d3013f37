import { fail } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import type { Dialect, Generation } from "./layer-spec.ts";

/** Backends that Keras has had. */
export type Backend = "tensorflow" | "theano" | "cntk" | "jax" | "torch";

const BACKENDS: readonly Backend[] = ["tensorflow", "theano", "cntk", "jax", "torch"];

/** A backend given by the user. Throws `bad-option` for an unknown one. */
export function checkBackend(name: string | undefined): void {
  if (name === undefined || BACKENDS.some((backend) => backend === name)) return;
  fail("bad-option", `The backend "${name}" is not known, expected one of ${BACKENDS.join(", ")}.`);
}

/**
 * The generation of a version: `2.2.4` is stand-alone Keras, `2.2.4-tf` and 2.4 and later are those of TensorFlow 2
 * (TF 1.14 and 1.15 call themselves 2.2.4-tf too). Undefined when the text is no version.
 */
export function generationOf(version: string): Generation | undefined {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (found === null) return undefined;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major <= 1) return 1;
  if (major >= 3) return 3;
  const late = minor >= 4 || (version.endsWith("-tf") && minor >= 2);
  return late ? "tf" : 2;
}

/**
 * The dialect of an architecture from `to_json`, which from Keras 1.0.4 to tf.keras 2.15 states its version; Keras 3 and
 * the oldest do not, but spell things differently.
 */
export function architectureDialect(model: JsonObject): Dialect {
  const { keras_version: version, backend } = model;
  const stated = typeof version === "string" ? version : "";
  return {
    generation: generationOf(stated) ?? guessGeneration(model),
    version: stated,
    backend: typeof backend === "string" ? backend : "",
  };
}

function guessGeneration(model: JsonObject): Generation {
  if (typeof model.module === "string") return 3;
  return mentions(model, KERAS1_KEYS, 0) ? 1 : 2;
}

/** Arguments that only Keras 1 writes. */
const KERAS1_KEYS: ReadonlySet<string> = new Set([
  "nb_filter",
  "border_mode",
  "inner_init",
  "input_dtype",
  "W_regularizer",
]);

function mentions(value: Json, keys: ReadonlySet<string>, depth: number): boolean {
  if (depth > 200) return false;
  if (isJsonList(value)) return value.some((item) => mentions(item, keys, depth + 1));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(
    ([key, item]) => keys.has(key) || mentions(item, keys, depth + 1),
  );
}

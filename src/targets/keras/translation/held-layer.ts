import { isJsonObject, type Json } from "../../../json.ts";
import { plainClass, snakeCase } from "../../../sources/keras/parse-model.ts";
import { unwrapConfig } from "../../../sources/keras/unwrap.ts";
import { modernise } from "../../../sources/keras/versions.ts";
import { refuse } from "./layer-facts.ts";
import type { LayerFacts, TranslatedLayer, Words } from "./words.ts";

/** Translates a layer or cell that stands in the config of another; undefined for what is none. */
export function translatedHeld(
  held: Json,
  facts: LayerFacts,
  { title, translateLayer }: Pick<Words, "title" | "translateLayer">,
): TranslatedLayer | undefined {
  if (!isJsonObject(held) || typeof held.class_name !== "string") return undefined;
  const config = isJsonObject(held.config) ? held.config : {};
  const fileClass = plainClass(held.class_name);
  const modern = modernise(fileClass, unwrapConfig(config), facts.dialect);
  const name = typeof config.name === "string" ? config.name : snakeCase(fileClass);
  const inner = translateLayer(modern.className, modern.config, { ...facts, name, fileClass });
  if (inner.before !== undefined || inner.after !== undefined) {
    refuse(facts, `the ${fileClass} in it would need layers beside it in ${title}.`);
  }
  return inner;
}

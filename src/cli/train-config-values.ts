import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Flag } from "./command.ts";
import { describeRule, isAllowed, ruleSchema } from "./flag-numbers.ts";

/** What a configuration file may say for an option. */
export type ConfigKind =
  | "switch"
  | "choice"
  | "number"
  | "numbers"
  | "list"
  | "settings"
  | "texts"
  | "weights"
  | "text";

/** `-o, --output <file>` in a configuration: `output`. */
export function configKey({ flags }: Flag): string {
  const [, name = ""] = /--([\w-]+)/.exec(flags) ?? [];
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** By how the option is typed. */
function configKind({ flags, choices, repeatable, number }: Flag): ConfigKind {
  const [, value] = /<([^>]*)>/.exec(flags) ?? [];
  if (value === undefined) return "switch";
  if (repeatable === true) return "texts";
  if (choices !== undefined) return "choice";
  if (number !== undefined) return "number";
  if (NUMBERS.has(value)) return "numbers";
  if (value === "weights") return "weights";
  if (LISTS.has(value)) return "list";
  return SETTINGS.has(value) ? "settings" : "text";
}

const NUMBERS: ReadonlySet<string> = new Set(["range", "low,high", "sizes"]);
const LISTS: ReadonlySet<string> = new Set(["names", "labels", "patterns"]);
const SETTINGS: ReadonlySet<string> = new Set(["settings", "table"]);

/** Such a value as a JSON schema. */
export function configSchema(flag: Flag): JsonObject {
  const description = flag.about;
  const text = { type: "string" };
  const texts = { type: "array", items: text };
  switch (configKind(flag)) {
    case "switch":
      return { description, type: "boolean" };
    case "choice":
      return { description, enum: flag.choices ?? [] };
    case "number":
      return { description, ...ruleSchema(flag.number ?? {}) };
    case "numbers":
      return { description, anyOf: [text, { type: "number" }, NUMBER_LIST] };
    case "list":
      return { description, anyOf: [text, texts] };
    case "texts":
      return { description, anyOf: [text, texts, NUMBER_LIST] };
    case "weights": {
      const weight = { type: "number", minimum: 0 };
      return { description, anyOf: [text, { type: "object", additionalProperties: weight }] };
    }
    case "settings": {
      const setting = { type: ["string", "number", "boolean"] };
      const object = { type: "object", additionalProperties: setting };
      return { description, anyOf: [text, { type: "number" }, object] };
    }
    case "text":
      return { description, type: ["string", "number"] };
  }
}

const NUMBER_LIST = { type: "array", items: { type: "number" } };

/** What a value would be on the command line (false for an option that is left out), or what was expected instead. */
export function configValue(
  flag: Flag,
  json: Json,
): { readonly value: string | true | false | readonly string[] } | { readonly expected: string } {
  const plain = typeof json === "string" || typeof json === "number" ? String(json) : undefined;
  switch (configKind(flag)) {
    case "switch":
      return typeof json === "boolean" ? { value: json } : { expected: "true or false" };
    case "choice":
      return typeof json === "string" && flag.choices?.includes(json) === true
        ? { value: json }
        : { expected: (flag.choices ?? []).map((one) => `"${one}"`).join(", ") };
    case "number": {
      const rule = flag.number ?? {};
      const isSound = typeof json === "number" && isAllowed(json, rule);
      return isSound ? { value: String(json) } : { expected: describeRule(rule) };
    }
    case "numbers": {
      const value = plain ?? numbersOf(json);
      return value === undefined
        ? { expected: "a number, a list of numbers or a text" }
        : { value };
    }
    case "weights":
      if (typeof json === "string") return { value: json };
      return isJsonObject(json)
        ? { value: JSON.stringify(json) }
        : { expected: 'a text, or an object such as {"apple": 2}' };
    case "list": {
      const list = textsOf(json)?.map((text) => text.replaceAll(/[\\,]/g, "\\$&"));
      if (list !== undefined) return { value: list.join(",") };
      return typeof json === "string" ? { value: json } : { expected: "a text or a list of texts" };
    }
    case "texts": {
      const shape = numbersOf(json);
      if (shape !== undefined) return { value: [shape] };
      const list = typeof json === "string" ? [json] : textsOf(json);
      return list === undefined ? { expected: "a text or a list of texts" } : { value: list };
    }
    case "settings":
      if (plain !== undefined) return { value: plain };
      return isJsonObject(json)
        ? { value: settingsText(json) }
        : { expected: "a text, a number or an object" };
    case "text":
      return plain === undefined ? { expected: "a text or a number" } : { value: plain };
  }
}

function textsOf(json: Json): readonly string[] | undefined {
  if (!isJsonList(json)) return undefined;
  const texts = json.filter((one) => typeof one === "string");
  return texts.length === json.length ? texts : undefined;
}

/** `[0.8, 1.2]` as `0.8,1.2`. */
function numbersOf(json: Json): string | undefined {
  if (!isJsonList(json) || json.length === 0) return undefined;
  return json.every((one) => typeof one === "number") ? json.join(",") : undefined;
}

/** `{ "patience": 5, "restoreBestWeights": true }` as `patience=5,restore-best-weights=true`. */
function settingsText(json: JsonObject): string {
  return Object.entries(json)
    .map(([key, value]) => {
      const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;
    })
    .join(",");
}

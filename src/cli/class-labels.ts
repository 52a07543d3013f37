import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../errors.ts";
import { byCodePoint } from "../image/classes.ts";
import { readText } from "../io/node.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { parseList } from "./parse-values.ts";

/** Labels in the order of the model's scores. */
export type ClassLabels = readonly string[] | readonly number[];

/**
 * Class labels from where the user keeps them: a folder (its subfolders, in Keras' order), a `.json` file, a text
 * file with one label a line, or a list on the command line. Throws `bad-option`, `io-read`.
 */
export function loadClassLabels(flag: string, value: string): ClassLabels {
  if (!existsSync(value)) return labelsInPlace(flag, value);
  if (statSync(value).isDirectory()) return folderLabels(flag, value);
  const text = readText(value).replace(/^\uFEFF/, "");
  return value.toLowerCase().endsWith(".json") ? jsonLabels(value, text) : lineLabels(value, text);
}

/** A list, unless it looks like a file that is not there. */
function labelsInPlace(flag: string, value: string): ClassLabels {
  if (!value.includes(",") && /[/\\]|\.(txt|json|csv|labels)$/i.test(value)) {
    fail("io-read", `${flag}: ${value} cannot be opened: it does not exist.`, {
      hint: "Check the path and the spelling.",
    });
  }
  return parseList(flag, value);
}

/**
 * Class folders as `flow_from_directory` and `image_dataset_from_directory` number them: sorted by code point,
 * hidden ones left out.
 */
function folderLabels(flag: string, path: string): readonly string[] {
  const names = readdirSync(path).filter(
    (name) => !name.startsWith(".") && statSync(join(path, name)).isDirectory(),
  );
  if (names.length === 0) {
    fail(
      "bad-option",
      `${flag}: the folder ${path} has no subfolders, expected one for each class.`,
    );
  }
  return names.sort(byCodePoint);
}

function lineLabels(path: string, text: string): readonly string[] {
  const lines = text.trimEnd().split(/\r\n|\n|\r/);
  return lines.map((line, index) => {
    const label = line.trim();
    if (label !== "") return label;
    return fail("bad-option", `${path}: line ${index + 1} is empty, expected one label a line.`);
  });
}

/** `["cat", "dog"]`, `{"0": "cat", …}`, or Keras' class_indices `{"cat": 0, …}`. */
function jsonLabels(path: string, text: string): ClassLabels {
  const json = parseJson(path, text);
  const labels = isJsonObject(json) ? inOrder(json) : json;
  if (isJsonList(labels)) {
    const texts = labels.filter((label) => typeof label === "string");
    const numbers = labels.filter((label) => Number.isSafeInteger(label)).map(Number);
    if (texts.length === labels.length && texts.length > 0) return texts;
    if (numbers.length === labels.length && numbers.length > 0) return numbers;
  }
  return fail(
    "bad-option",
    `${path} holds no class labels, expected ["cat", "dog"], {"0": "cat", "1": "dog"} or {"cat": 0, "dog": 1}.`,
  );
}

/** The labels of a JSON object in the order of their indices 0, 1, 2, …; undefined when these have gaps. */
function inOrder(json: JsonObject): readonly Json[] | undefined {
  const entries = Object.entries(json);
  const named = entries.every(([, index]) => typeof index === "number");
  const labels = new Map<number, Json>(
    entries.map(([key, value]) => (named ? [Number(value), key] : [Number(key), value])),
  );
  const list = entries.map((_, index) => labels.get(index));
  const present = list.filter((label) => label !== undefined);
  return present.length === list.length ? present : undefined;
}

function parseJson(path: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(
      "bad-option",
      `${path} is not JSON: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

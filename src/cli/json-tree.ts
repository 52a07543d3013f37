import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { TreeLine } from "../report/inspection.ts";

/** A JSON document as lines, one a value; long texts are cut, and lists of plain values stand in one line. */
export function jsonTree(json: JsonObject): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const waiting: Visit[] = entriesOf(json, 0);
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    if (lines.length >= MOST_LINES) {
      lines.push({ depth: 0, name: "…", what: "and more, not shown", attributes: [] });
      break;
    }
    const { name, value, depth } = visit;
    const inner = isPlain(value) ? [] : entriesOf(value, depth + 1);
    const what = inner.length > 0 ? "" : shown(value);
    lines.push({ depth, name, what, attributes: [] });
    for (const item of inner) waiting.push(item);
  }
  return lines;
}

interface Visit {
  readonly name: string;
  readonly value: Json;
  readonly depth: number;
}

/** A tree is to be read by people; more lines say nothing more. */
const MOST_LINES = 50_000;
const LONGEST = 100;

/** The last first, as a stack wants them. */
function entriesOf(value: Json, depth: number): Visit[] {
  const entries = isJsonList(value)
    ? value.map((item, index) => ({ name: `[${index}]`, value: item, depth }))
    : isJsonObject(value)
      ? Object.entries(value).map(([name, item]) => ({ name, value: item, depth }))
      : [];
  return entries.toReversed();
}

function isPlain(value: Json): boolean {
  return isJsonList(value) && value.every((item) => !isJsonObject(item) && !isJsonList(item));
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

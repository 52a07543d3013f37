import {
  type Content,
  type Edits,
  type FieldEdit,
  inMessage,
  inOnly,
  keyOf,
  scalarOf,
  setTo,
  textEntry,
} from "../formats/coreml/rewrite.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import type { Change } from "./change.ts";

/** What is said of a whole model; an empty text takes away what was said. */
export interface MetadataEdit {
  readonly author?: string;
  readonly license?: string;
  readonly shortDescription?: string;
  readonly modelVersion?: string;
  readonly userDefined?: Readonly<Record<string, string>>;
}

const FIELDS = [
  ["author", "author", "author"],
  ["license", "license", "license"],
  ["shortDescription", "shortDescription", "short description"],
  ["modelVersion", "versionString", "version"],
] as const;

/** Sets and removes metadata, shown by Xcode. */
export function changeMetadata(model: Model, edit: MetadataEdit): Change {
  const metadata = model.description?.metadata ?? {};
  const edits: Record<string, FieldEdit> = {};
  const lines: string[] = [];
  for (const [option, field, called] of FIELDS) {
    const text = edit[option];
    const before = metadata[field] ?? "";
    if (text === undefined || text === before) continue;
    lines.push(changeLine(called, before, text));
    edits[field] = setTo(text === "" ? undefined : scalarOf("Metadata", field, text));
  }
  const known = metadata.userDefined ?? new Map<string, string>();
  const changed = new Map(
    Object.entries(edit.userDefined ?? {}).filter(([key, text]) => text !== (known.get(key) ?? "")),
  );
  for (const [key, text] of changed) lines.push(changeLine(`"${key}"`, known.get(key) ?? "", text));
  if (changed.size > 0) edits.userDefined = changeEntries(changed, known);
  return {
    rule: inDescription({ metadata: inOnly(inMessage("Metadata", edits)) }),
    report: () => lines,
  };
}

/** `author: "A" → "B"` */
export function changeLine(what: string, before: string, after: string): string {
  if (after === "") return `${what} ${quote(before)} is removed`;
  return before === "" ? `${what}: ${quote(after)}` : `${what}: ${quote(before)} → ${quote(after)}`;
}

/** A rule for a model that concerns its description only. */
export function inDescription(edits: Edits) {
  return inMessage("Model", { description: inMessage("ModelDescription", edits) });
}

/** Entries keep their places; new ones come last, by key. */
function changeEntries(
  changed: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, string>,
): FieldEdit {
  return {
    each(entry) {
      const text = changed.get(keyOf(entry));
      if (text === undefined) return undefined;
      return text === "" ? "remove" : textEntry(keyOf(entry), text);
    },
    more: (): readonly Content[] =>
      [...changed]
        .filter(([key, text]) => text !== "" && !known.has(key))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => textEntry(key, text)),
  };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

import { Writer } from "protobufjs/minimal.js";
import { fail } from "../../errors.ts";
import { fieldsOf, type RawField, type Region } from "./region.ts";
import { entrySchema, type Field, type MessageSchema, messageSchema } from "./schema.ts";
import { toScalar, WIRE_TYPE, writeScalar } from "./wire.ts";

/** Bytes in their order: new ones, and stretches of the file that stay as they are. */
export type Content = readonly (Uint8Array | Region)[];

/** What becomes of a message or value; `undefined` leaves every byte of it as it is. */
export type Rule = (content: Region) => Content | undefined;

/** What becomes of the fields of one name in a message. */
export interface FieldEdit {
  /** For each that is there, in order; `"remove"` drops it. */
  readonly each?: (content: Region, index: number) => Content | "remove" | undefined;
  /** Fields to be added, knowing how many were there. They stand behind these, or in the order of field numbers. */
  readonly more?: (found: number) => readonly Content[];
}

/** Edits by the names of the schema. */
export type Edits = Readonly<Record<string, FieldEdit | Rule>>;

/**
 * A rule that changes some fields of a message, by name. Everything else stays byte for byte, also
 * fields that are not known, in whatever order they are.
 */
export function inMessage(type: string, edits: Edits): Rule {
  return inFields(messageSchema(type), edits);
}

/** A rule that changes the values of a map, by the name of its field. */
export function inValues(type: string, map: string, rule: Rule): Rule {
  return inFields(entrySchema(fieldOf(type, map)), { value: rule });
}

function inFields({ byNumber, fields }: MessageSchema, edits: Edits): Rule {
  return (message) => {
    const seen = new Map<string, number>();
    const parts: Part[] = [];
    let changed = false;
    for (const raw of fieldsOf(message)) {
      const field = byNumber.get(raw.number);
      const edit = field === undefined ? undefined : edits[field.name];
      if (field === undefined || edit === undefined) {
        parts.push({ number: raw.number, content: [raw.whole] });
        continue;
      }
      const index = seen.get(field.name) ?? 0;
      seen.set(field.name, index + 1);
      const made = typeof edit === "function" ? edit(raw.content) : edit.each?.(raw.content, index);
      if (made !== undefined) changed = true;
      if (made === "remove") continue;
      parts.push({ number: raw.number, content: made ? framed(raw, made) : [raw.whole] });
    }
    for (const field of fields) {
      const edit = edits[field.name];
      if (edit === undefined || typeof edit === "function") continue;
      for (const content of edit.more?.(seen.get(field.name) ?? 0) ?? []) {
        changed = true;
        insert(parts, { number: field.number, content: framed(newField(field), content) });
      }
    }
    return changed ? joined(parts) : undefined;
  };
}

/** A rule that gives a text another one; `undefined` keeps it. */
export function inText(change: (text: string) => string | undefined): Rule {
  return (content) => {
    const text = textIn(content);
    const changed = change(text);
    return changed === undefined || changed === text ? undefined : [utf8(changed)];
  };
}

/** A field with one value: it is set, or with `undefined` taken away. */
export function setTo(content: Content | undefined): FieldEdit {
  return {
    each: (_, index) => (content === undefined || index > 0 ? "remove" : content),
    more: (found) => (found > 0 || content === undefined ? [] : [content]),
  };
}

/** The only message of its kind: changed by a rule where it is, made from nothing where it is not. */
export function inOnly(rule: Rule): FieldEdit {
  return {
    each: rule,
    more(found) {
      const made = found > 0 ? undefined : rule(NOTHING);
      return made === undefined ? [] : [made];
    },
  };
}

/** The content of a scalar field. */
export function scalarOf(type: string, name: string, value: unknown): Content {
  const field = fieldOf(type, name);
  const writer = Writer.create();
  const scalar = toScalar(field.type, value, `${type}.${name}`);
  if (scalar.type === "string") return [utf8(scalar.value)];
  writeScalar(writer, scalar);
  return [writer.finish()];
}

/** A message made of fields in number order. */
export function messageOf(
  type: string,
  fields: readonly (readonly [name: string, content: Content])[],
): readonly (Uint8Array | Region)[] {
  return fields.flatMap(([name, content]) => framed(newField(fieldOf(type, name)), content));
}

/** An entry of a map from texts to texts. */
export function textEntry(key: string, value: string): Content {
  return [
    ...framed({ number: 1, wireType: WIRE_TYPE.string }, [utf8(key)]),
    ...framed({ number: 2, wireType: WIRE_TYPE.string }, [utf8(value)]),
  ];
}

/** The text of a field. Throws `limit` for one that is no name or sentence any more. */
export function textIn(content: Region): string {
  const { source, offset, size } = content;
  if (size > LONGEST_TEXT) {
    fail("limit", `A text of the Core ML model has ${size} bytes.`, { at: { file: source.name } });
  }
  const bytes = new Uint8Array(size);
  source.readInto(offset, bytes);
  return decoder.decode(bytes);
}

/** The key of a map's entry. */
export function keyOf(entry: Region): string {
  let key = "";
  for (const { number, content } of fieldsOf(entry)) if (number === 1) key = textIn(content);
  return key;
}

/** How many bytes a content has. */
export function sizeOfContent(content: Content): number {
  return content.reduce((sum, piece) => sum + (isBytes(piece) ? piece.length : piece.size), 0);
}

/** Whether a piece is new, not a stretch of the file. */
export function isBytes(piece: Uint8Array | Region): piece is Uint8Array {
  return piece instanceof Uint8Array;
}

interface Part {
  readonly number: number;
  readonly content: Content;
}

const LONGEST_TEXT = 1 << 24;
const decoder = new TextDecoder();

const NOTHING: Region = {
  source: { name: "", size: 0, readInto: () => {} },
  offset: 0,
  size: 0,
  depth: 0,
};

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fieldOf(type: string, name: string): Field {
  const field = messageSchema(type).fields.find((candidate) => candidate.name === name);
  return field ?? fail("internal", `${type} has no field ${name}.`);
}

type Tag = Pick<RawField, "number" | "wireType">;

/** Lists of numbers are packed: one field for all of them. */
function newField({ number, type, rule }: Field): Tag {
  if (type.kind === "message" || rule === "map") return { number, wireType: WIRE_TYPE.bytes };
  const wireType = type.kind === "enum" ? WIRE_TYPE.int32 : WIRE_TYPE[type.scalar];
  return { number, wireType: rule === "many" ? WIRE_TYPE.bytes : wireType };
}

/** With tag, and length where the wire type has one. */
function framed({ number, wireType }: Tag, content: Content): Content {
  const writer = Writer.create().uint32(((number << 3) | wireType) >>> 0);
  if (wireType === WIRE_TYPE.bytes) writer.uint32(sizeOfContent(content));
  return [writer.finish(), ...content];
}

/** Behind the last field of its number, else before the first of a higher one. */
function insert(parts: Part[], part: Part): void {
  const last = parts.findLastIndex(({ number }) => number === part.number);
  const higher = parts.findIndex(({ number }) => number > part.number);
  const at = last >= 0 ? last + 1 : higher >= 0 ? higher : parts.length;
  parts.splice(at, 0, part);
}

/** Stretches of the file that follow one another become one. */
function joined(parts: readonly Part[]): Content {
  const pieces: (Uint8Array | Region)[] = [];
  for (const piece of parts.flatMap(({ content }) => content)) {
    const before = pieces.at(-1);
    if (
      before !== undefined &&
      !isBytes(before) &&
      !isBytes(piece) &&
      before.source === piece.source &&
      before.offset + before.size === piece.offset
    ) {
      pieces[pieces.length - 1] = { ...before, size: before.size + piece.size };
    } else pieces.push(piece);
  }
  return pieces;
}

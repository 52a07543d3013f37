import { enumTable, messageTable } from "./schema.gen.ts";

/**
 * A field as the generated table has it: number, name, type, rule, and the key type of a map or
 * the name of the oneof it belongs to.
 */
export type FieldRow = readonly [
  number: number,
  name: string,
  type: string,
  rule: "one" | "many" | "map",
  extra?: string,
];

/** Types of protobuf that are no messages. */
export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bool"
  | "string"
  | "bytes";

/** What a field holds: a scalar, an enum, or a message. */
export type FieldType =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly numbers: ReadonlyMap<string, number>;
      readonly names: ReadonlyMap<number, string>;
    }
  | { readonly kind: "message"; readonly name: string; schema(): MessageSchema };

/** One field of a message. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  readonly rule: "one" | "many" | "map";
  /** Key type of a map. */
  readonly key: ScalarType;
  /** The oneof this field belongs to. */
  readonly oneof: string | undefined;
  /** Whether it is written even at its default: members of a oneof, parts of a map entry. */
  readonly explicit: boolean;
}

/** What the proto files say of one message. */
export interface MessageSchema {
  readonly name: string;
  /** In number order. */
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
}

/** Finds messages by name. */
export type Schemas = (name: string) => MessageSchema;

/** The messages of generated tables; each is built on first use, so that a start pays only for what it touches. */
export function schemasOf(
  messages: Readonly<Record<string, readonly FieldRow[]>>,
  enumValues: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Schemas {
  const built = new Map<string, MessageSchema>();
  const enums = new Map<string, FieldType>();
  const toType = (name: string): FieldType => {
    const scalar = SCALARS.get(name);
    if (scalar !== undefined) return { kind: "scalar", scalar };
    const values = enumValues[name];
    if (values === undefined) return { kind: "message", name, schema: () => find(name) };
    const type = enums.get(name) ?? enumType(name, values);
    enums.set(name, type);
    return type;
  };
  const find = (name: string): MessageSchema => {
    const known = built.get(name);
    if (known !== undefined) return known;
    const fields = (messages[name] ?? []).map((row) => toField(row, toType(row[2])));
    const byNumber = new Map(fields.map((field) => [field.number, field]));
    const schema = { name, fields, byNumber };
    built.set(name, schema);
    return schema;
  };
  return find;
}

/** On the wire a map entry is a message of key (1) and value (2). */
export function entrySchema(field: Field): MessageSchema {
  const part = { rule: "one", oneof: undefined, explicit: true } as const;
  const key: Field = {
    ...field,
    ...part,
    number: 1,
    name: "key",
    type: { kind: "scalar", scalar: field.key },
  };
  const value: Field = { ...field, ...part, number: 2, name: "value" };
  const fields = [key, value];
  return {
    name: `${field.name} entry`,
    fields,
    byNumber: new Map([
      [1, key],
      [2, value],
    ]),
  };
}

const SCALARS: ReadonlyMap<string, ScalarType> = new Map(
  (
    ["double", "float", "int32", "uint32", "int64", "uint64", "bool", "string", "bytes"] as const
  ).map((name) => [name, name]),
);

/** The fields of a message of Core ML. */
export const messageSchema = schemasOf(messageTable, enumTable);

function toField([number, name, , rule, extra]: FieldRow, type: FieldType): Field {
  const isMap = rule === "map";
  return {
    number,
    name,
    type,
    rule,
    key: (isMap ? SCALARS.get(extra ?? "") : undefined) ?? "string",
    oneof: isMap ? undefined : extra,
    explicit: !isMap && extra !== undefined,
  };
}

function enumType(name: string, values: Readonly<Record<string, number>>): FieldType {
  const entries = Object.entries(values);
  return {
    kind: "enum",
    name,
    numbers: new Map(entries),
    names: new Map(entries.map(([label, value]) => [value, label])),
  };
}

import { fail, KcError } from "../../errors.ts";
import { bitsOf } from "../../formats/coreml/blob-storage.ts";
import {
  constantShape,
  createTensorReader,
  dtypeOf,
  stringsIn,
} from "../../formats/coreml/program-value.ts";
import type { MILSpecOperation, MILSpecValue } from "../../formats/coreml/types.gen.ts";
import type { WeightSummary } from "../../ir/model-summary.ts";
import { readFloat64, sizeOf } from "../../ir/tensor.ts";
import type { Json, JsonObject } from "../../json.ts";

/** What a constant is to the operations that read it: an array of the model, or a setting. */
export interface Constant {
  readonly weight?: WeightSummary;
  readonly setting?: Json;
}

/** The constants of a program by name. */
export type Constants = ReadonlyMap<string, Constant>;

/** What is bound to one input of an operation. */
export interface BoundArgument {
  /** The input's name. */
  readonly role: string;
  /** Name of the value; left out for a constant in place. */
  readonly name?: string;
  readonly value?: Constant;
}

/** The constants among operations, beside those that are known: stored ones, and arrays that are unpacked from compressed ones. */
export function constantsOf(operations: readonly MILSpecOperation[], outer: Constants): Constants {
  const constants = new Map(outer);
  for (const operation of operations) {
    const { type = "", outputs = [], attributes } = operation;
    if (type === "const") {
      const { name = "" } = outputs[0] ?? {};
      const value = attributes?.get("val");
      if (value !== undefined) constants.set(name, constantOf(value, name));
    }
    if (!type.startsWith("constexpr_")) continue;
    const bytes = packedBytes(operation, constants);
    outputs.forEach(({ name = "", type: made }, index) => {
      const weight = arrayOf({ type: made }, name);
      if (weight === undefined) return;
      constants.set(name, { weight: { ...weight, bytes: index === 0 ? bytes : 0 } });
    });
  }
  return constants;
}

/** All that an operation is given, in the order of the file. */
export function argumentsOf({ inputs, outputs }: MILSpecOperation): readonly BoundArgument[] {
  return [...(inputs ?? [])].flatMap(([role, { arguments: bindings = [] }]) =>
    bindings.map(({ name, value }): BoundArgument => {
      if (name !== undefined) return { role, name };
      const id = `${outputs?.[0]?.name ?? ""}/${role}`;
      return { role, ...(value === undefined ? {} : { value: constantOf(value, id) }) };
    }),
  );
}

/** How an operation is set: its constant inputs that are no arrays of the model. */
export function settingsOf(operation: MILSpecOperation, constants: Constants): JsonObject {
  return Object.fromEntries(
    argumentsOf(operation).flatMap(({ role, name, value }) => {
      const setting = (name === undefined ? value : constants.get(name))?.setting;
      return setting === undefined ? [] : [[role, setting]];
    }),
  );
}

/** Longer lists are no settings. */
const LONGEST_SETTING = 32;

function constantOf(value: MILSpecValue, id: string): Constant {
  if (isWeight(value)) {
    const weight = arrayOf(value, id);
    return weight === undefined ? {} : { weight };
  }
  const setting = settingOf(value, id);
  return setting === undefined ? {} : { setting };
}

/** Arrays of the weight file, and lists of broken numbers: whole numbers in place are strides, axes and sizes. */
function isWeight({ type, blobFileValue }: MILSpecValue): boolean {
  if (blobFileValue !== undefined) return true;
  const { dataType = "UNUSED_TYPE", dimensions = [] } = type?.tensorType ?? {};
  return /FLOAT/.test(dataType) && dimensions.length > 0;
}

function arrayOf({ type }: MILSpecValue, id: string): WeightSummary | undefined {
  const tensor = type?.tensorType;
  const shape = tensor && constantShape(tensor);
  if (tensor === undefined || shape === undefined) return undefined;
  const { dataType = "UNUSED_TYPE" } = tensor;
  const count = sizeOf(shape);
  if (!Number.isSafeInteger(count)) {
    fail("bad-shape", `The constant claims ${count} numbers.`, { at: { layer: id } });
  }
  const bytes = Math.ceil((count * (bitsOf(dataType) ?? 0)) / 8);
  return { id, count, dtype: dtypeOf(dataType), bytes, trainable: false, shape };
}

/** Texts, truth values and few numbers; undefined for what cannot be read: this is only to be shown. */
function settingOf(value: MILSpecValue, id: string): Json | undefined {
  const texts = stringsIn(value);
  const tensor = value.type?.tensorType;
  const shape = tensor && constantShape(tensor);
  if (shape === undefined || sizeOf(shape) > LONGEST_SETTING) return undefined;
  const numbers = texts ?? numbersIn(value, id);
  const list = tensor?.dataType === "BOOL" ? numbers?.map(Boolean) : numbers;
  return shape.length === 0 ? list?.[0] : list;
}

function numbersIn(value: MILSpecValue, id: string): readonly number[] | undefined {
  try {
    const at = { layer: id };
    const read = createTensorReader(() => fail("internal", "Settings stand in place.", { at }));
    return [...readFloat64(read(value, id, at).weight)];
  } catch (error) {
    if (error instanceof KcError) return undefined;
    throw error;
  }
}

/** What the file holds of an array that is unpacked: codes, tables, scales. */
function packedBytes(operation: MILSpecOperation, constants: Constants): number {
  const name = operation.outputs?.[0]?.name ?? "";
  const stated = [...(operation.attributes ?? [])].map(([key, value]) => arrayOf(value, key));
  const read = argumentsOf(operation).map((one) => {
    const constant = one.name === undefined ? one.value : constants.get(one.name);
    return constant?.weight;
  });
  const parts = [...stated, ...read].flatMap((part) => part ?? []);
  if (parts.some(({ bytes }) => !Number.isSafeInteger(bytes)))
    fail("bad-shape", "The constant has no size.", { at: { layer: name } });
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

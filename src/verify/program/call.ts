import { fail } from "../../errors.ts";
import type { MILSpecDataType, MILSpecOperation } from "../../formats/coreml/types.gen.ts";
import { showShape, type Tensor } from "../tensor.ts";
import type { ProgramValue, TypedTensor } from "./value.ts";

/** What an operation gives: numbers, of its first input's type unless it says otherwise, or anything else. */
export type OperationResult =
  | (Tensor & { readonly dataType?: MILSpecDataType })
  | Exclude<ProgramValue, { readonly kind: "tensor" }>;

/** Computes one operation. */
export type OperationRun = (call: OperationCall) => OperationResult | readonly OperationResult[];

/** One operation at work: its inputs by name, and checks that speak in its name. */
export class OperationCall {
  readonly operation: MILSpecOperation;
  readonly type: string;
  readonly name: string;
  readonly #inputs: ReadonlyMap<string, readonly ProgramValue[]>;
  readonly #read = new Set<string>();

  constructor(
    operation: MILSpecOperation,
    name: string,
    inputs: ReadonlyMap<string, readonly ProgramValue[]>,
  ) {
    this.operation = operation;
    this.type = operation.type ?? "";
    this.name = name;
    this.#inputs = inputs;
  }

  /** The input of that name, of at least `rank` axes. */
  tensor(name = "x", rank = 0): TypedTensor {
    const tensor = this.optional(name);
    if (tensor === undefined) return this.fail(`has no input "${name}"`);
    if (tensor.shape.length < rank) {
      this.fail(`needs "${name}" with at least ${rank} axes, but it is ${showShape(tensor.shape)}`);
    }
    return tensor;
  }

  /** An input that may be left out. */
  optional(name: string): TypedTensor | undefined {
    const [value, second] = this.values(name);
    if (value === undefined) return undefined;
    if (value.kind !== "tensor" || second !== undefined) {
      return this.fail(`needs a single tensor as "${name}"`);
    }
    return value.tensor;
  }

  /** All tensors that are bound to one name, such as those of a concatenation. */
  tensors(name: string): readonly TypedTensor[] {
    return this.values(name).map((value) =>
      value.kind === "tensor" ? value.tensor : this.fail(`needs tensors as "${name}"`),
    );
  }

  /** Whatever is bound to a name. */
  values(name: string): readonly ProgramValue[] {
    this.#read.add(name);
    return this.#inputs.get(name) ?? [];
  }

  /** Numbers of a parameter, `absent` where it is left out. */
  numbers(name: string, absent?: readonly number[]): readonly number[] {
    const tensor = absent === undefined ? this.tensor(name) : this.optional(name);
    return tensor === undefined ? (absent ?? []) : [...tensor.data];
  }

  /** So many numbers, which may be left out. */
  vector(name: string, size: number): Float32Array | undefined {
    const vector = this.optional(name);
    this.require(
      vector === undefined || vector.data.length === size,
      `has ${vector?.data.length ?? 0} numbers as "${name}", expected ${size}`,
    );
    return vector?.data;
  }

  /** A parameter of exactly one number. */
  number(name: string, absent?: number): number {
    const [value, ...rest] = this.numbers(name, absent === undefined ? undefined : [absent]);
    if (value === undefined || rest.length > 0) return this.fail(`needs one number as "${name}"`);
    return value;
  }

  flag(name: string, absent?: boolean): boolean {
    return this.number(name, absent === undefined ? undefined : Number(absent)) !== 0;
  }

  /** A parameter that is one of several words. */
  word<W extends string>(name: string, words: readonly W[], absent?: W): W {
    const [value] = this.values(name);
    if (value === undefined && absent !== undefined) return absent;
    const text = value?.kind === "text" ? value.text[0] : undefined;
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    return this.fail(`has ${name} ${JSON.stringify(text ?? null)}, expected ${words.join(", ")}`);
  }

  /** An input that makes no difference to the result. */
  ignore(name: string): void {
    this.#read.add(name);
  }

  /** Names of inputs that nothing has asked for: they would change the result on a device. */
  get unread(): readonly string[] {
    return [...this.#inputs.keys()].filter((name) => !this.#read.has(name));
  }

  get outputCount(): number {
    return this.operation.outputs?.length ?? 0;
  }

  /** The type that the program declares for a result. */
  declaredType(index = 0): MILSpecDataType | undefined {
    return this.operation.outputs?.[index]?.type?.tensorType?.dataType;
  }

  /** An axis, possibly counted from behind, as one from the front. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
    return this.fail(`has axis ${axis}, but its input has only ${rank} axes`);
  }

  /** Fails unless a condition of the format holds. */
  require(condition: boolean, text: string): void {
    if (!condition) this.fail(text);
  }

  fail(
    text: string,
    code: "bad-shape" | "bad-weights" | "bad-config" | "unsupported" = "bad-shape",
  ): never {
    return fail(code, `${text}.`, { at: { layer: this.name, className: this.type } });
  }
}

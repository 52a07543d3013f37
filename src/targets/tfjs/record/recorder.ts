import { KernelBackend, type TensorInfo } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import type { JsonObject } from "../../../json.ts";

/** Numbers that a node takes as an input: a shape, axes, amounts. */
export interface NumberList {
  readonly numbers: readonly number[];
  /** Left out: a vector; `[]` for a single number. */
  readonly shape?: readonly number[];
  readonly dtype?: "int32" | "float32";
}

/** One operation of TensorFlow as it was called. */
export interface RecordedNode {
  readonly name: string;
  readonly op: string;
  /** Outputs of other nodes, or numbers. */
  readonly inputs: readonly (string | NumberList)[];
  readonly attrs: JsonObject;
  /** Of a Const: a weight of the model, or numbers that the work needs. */
  readonly weight?: WeightRef;
  readonly constant?: Required<NumberList>;
}

/** A node's output and its own shape. */
export interface TensorOrigin {
  readonly source: string;
  readonly shape: readonly number[];
}

/** A backend of tfjs that computes nothing: it writes down which operations are called with what. */
export class Recorder extends KernelBackend {
  readonly nodes: RecordedNode[] = [];
  /** Where the nodes to come belong: the id of the graph's node. */
  scope = "";
  readonly #views = new WeakMap<object, TensorOrigin>();
  readonly #reshaped = new WeakMap<object, string>();
  readonly #names = new Set<string>();

  /** Adds a node and gives its name. */
  add(
    op: string,
    inputs: RecordedNode["inputs"],
    attrs: JsonObject = {},
    more: Pick<RecordedNode, "weight" | "constant"> & { readonly name?: string } = {},
  ): string {
    const { name: wanted, ...rest } = more;
    const name = this.#unused(wanted ?? (this.scope === "" ? op : `${this.scope}/${op}`));
    this.nodes.push({ name, op, inputs, attrs, ...rest });
    return name;
  }

  /** The node output behind a tensor; another shape of it becomes a node when it is first needed. */
  sourceOf({ dataId, shape }: TensorInfo): string {
    const view = this.#viewOf(dataId);
    if (isEqual(view.shape, shape)) return view.source;
    const reshaped =
      this.#reshaped.get(dataId) ?? this.add("Reshape", [view.source, { numbers: shape }]);
    this.#reshaped.set(dataId, reshaped);
    return reshaped;
  }

  /** A tensor that stands for a node's output. */
  tensor(
    source: string,
    shape: readonly number[],
    dtype: TensorInfo["dtype"] = "float32",
    seenAs: readonly number[] = shape,
  ): TensorInfo {
    const dataId = {};
    this.#views.set(dataId, { source, shape });
    return { dataId, shape: [...seenAs], dtype };
  }

  /** The same numbers seen in another shape. */
  view(x: TensorInfo, shape: readonly number[]): TensorInfo {
    const { source, shape: own } = this.#viewOf(x.dataId);
    return this.tensor(source, own, x.dtype, shape);
  }

  override write(values: ArrayLike<unknown>, shape: number[], dtype: string): object {
    const numbers = Array.from(values, Number);
    const whole = dtype === "int32" ? "int32" : "float32";
    const constant = { numbers, shape, dtype: whole } as const;
    const dataId = {};
    this.#views.set(dataId, { source: this.add("Const", [], {}, { constant }), shape });
    return dataId;
  }

  override incRef(): void {}

  override refCount(): number {
    return 1;
  }

  override numDataIds(): number {
    return 0;
  }

  override disposeData(): boolean {
    return true;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}

  #viewOf(dataId: object): TensorOrigin {
    return this.#views.get(dataId) ?? fail("internal", "A tensor was never recorded.");
  }

  /** Names as TensorFlow allows them. */
  #unused(wanted: string): string {
    const clean = wanted.replaceAll(/[^A-Za-z0-9_./-]/g, "_").replace(/^[^A-Za-z0-9.]/, "x$&");
    let name = clean;
    for (let count = 1; this.#names.has(name); count++) name = `${clean}_${count}`;
    this.#names.add(name);
    return name;
  }
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

import { fail, type Place } from "../../errors.ts";
import type {
  NeuralNetworkLayer,
  NeuralNetworkLayerLayer,
  WeightParams,
} from "../../formats/coreml/types.gen.ts";
import type { Origin, ValueId } from "../../ir/graph.ts";
import type { Op } from "../../ir/ops/index.ts";
import { type Dim, sizeOf, type TensorType, type WeightRef } from "../../ir/tensor.ts";
import { axesAt, type Blob, type BlobAxis, placedAxes } from "./blob.ts";
import { classOf } from "./class-name.ts";
import type { Lowering, Maker } from "./lowering.ts";
import { weightOf } from "./weight.ts";

/** Says one layer in the graph's ops. */
export type LayerLowering = (call: LayerCall) => void;

/** Why a kind of layer cannot be said in the graph's ops. */
export interface Unsupported {
  readonly unsupported: string;
}

/** One layer being lowered: its message, its blobs, and errors that speak in its name. */
export class LayerCall {
  readonly layer: NeuralNetworkLayer;
  /** `outputs` where the model's own outputs are arranged. */
  readonly kind: NeuralNetworkLayerLayer | "outputs";
  readonly #lowering: Lowering;
  #steps = 0;

  constructor(layer: NeuralNetworkLayer, kind: LayerCall["kind"], lowering: Lowering) {
    this.layer = layer;
    this.kind = kind;
    this.#lowering = lowering;
  }

  get at(): Place {
    return { layer: this.layer.name ?? "", className: this.kind };
  }

  get inputCount(): number {
    return this.layer.input?.length ?? 0;
  }

  get outputCount(): number {
    return this.layer.output?.length ?? 0;
  }

  /** The blob at `index` with a value, of at least `rank` axes. */
  input(index = 0, rank = 0): Blob {
    const blob = this.#lowering.placed(this.operand(index), this);
    if (blob.axes.length < rank) {
      this.fail(`needs at least ${rank} axes, but its input has ${blob.axes.length}`);
    }
    return blob;
  }

  /** The blob at `index`, a constant as such. */
  operand(index = 0): Blob {
    const name = this.layer.input?.[index];
    if (name === undefined) return this.fail(`has no input ${index}`, "bad-config");
    return (
      this.#lowering.blob(name) ?? this.fail(`reads "${name}" before it is made`, "bad-config")
    );
  }

  /** All blobs that it reads, with values. */
  get inputs(): readonly Blob[] {
    return Array.from({ length: this.inputCount }, (_, index) => this.input(index));
  }

  /** Whether a blob is an optional input of the model that nobody will give. */
  isAbsent(index: number): boolean {
    return this.#lowering.isAbsent(this.layer.input?.[index] ?? "");
  }

  /** Whether any layer, or the model, reads this output. */
  isRead(index: number): boolean {
    return this.#lowering.isRead(this.layer.output?.[index] ?? "");
  }

  /** Adds a step; gives its first value. */
  emit(op: Op, ...inputs: readonly ValueId[]): ValueId {
    return this.emitAll(op, inputs)[0] ?? this.fail("gives nothing");
  }

  /** Adds a step; gives all its values. */
  emitAll(op: Op, inputs: readonly ValueId[]): readonly ValueId[] {
    return this.#lowering.add(op, inputs, this.originOf(op, inputs));
  }

  /** Where a step of this layer comes from. */
  originOf(op: Op, inputs: readonly ValueId[] = []): Origin {
    const types = inputs.map((value) => this.typeOf(value));
    return {
      layer: this.#lowering.layerName(this.layer.name ?? ""),
      className: classOf(op, types),
      config: {},
      call: 0,
      trainable: this.layer.isUpdatable === true,
    };
  }

  /** The step that made a value. */
  makerOf(value: ValueId): Maker | undefined {
    return this.#lowering.makerOf(value);
  }

  /** What the layers that read an output expect along its channels; undefined where none says. */
  expectedChannels(index = 0): number | undefined {
    return this.#lowering.expectedChannels(this.layer.output?.[index] ?? "");
  }

  typeOf(value: ValueId): TensorType {
    return this.#lowering.typeOf(value);
  }

  /** Size of every axis of a blob. */
  dims(blob: Blob): readonly Dim[] {
    return this.#lowering.dims(blob);
  }

  /** The value of a blob, in whatever order its axes are. */
  valueOf(blob: Blob): ValueId {
    return this.#lowering.valueOf(blob, this);
  }

  /** The value of a blob with exactly these axes of the blob behind the batch, in this order. */
  arrange(blob: Blob, places: readonly number[]): ValueId {
    return this.#lowering.arrange(blob, places, this);
  }

  /** Says that this layer works along an axis: an input's sequence that may lie there is real. */
  touch(blob: Blob, index: number): void {
    const axis = blob.axes[index];
    if (axis?.at === undefined) this.#lowering.touch(axis?.open ?? []);
  }

  /** Says that a free axis of a blob must have this many elements, from which the length of a sequence may follow. */
  guessLength(size: number): void {
    this.#lowering.guessLength(size);
  }

  /** The blob axes that the value has, in its order, with `wanted` added where they belong. */
  placesWith(blob: Blob, ...wanted: readonly number[]): readonly number[] {
    const places = [...placedAxes(blob)];
    for (const index of [...wanted].sort((a, b) => a - b)) {
      if (!places.includes(index)) places.push(index);
    }
    return places;
  }

  /** Gives output `index` a value whose axes are these of a blob with `axes`. */
  finish(value: ValueId, axes: readonly BlobAxis[], places: readonly number[], index = 0): void {
    this.bind({ value, axes: axesAt(axes, places) }, index);
  }

  /** Gives output `index` a value whose axes stand as those of a blob. */
  finishAs(value: ValueId, blob: Blob, index = 0): void {
    this.bind({ ...blob, value }, index);
  }

  /** Gives output `index` a blob. */
  bind(blob: Blob, index = 0): void {
    const name = this.layer.output?.[index];
    if (name === undefined) return;
    if (this.#lowering.blob(name) !== undefined) this.fail(`makes "${name}" a second time`);
    this.#lowering.bind(name, blob);
  }

  /** An array of the layer. Throws `bad-weights`. */
  weight(
    params: WeightParams | undefined,
    shape: readonly number[],
    role: string,
    channelAxis = 0,
  ): WeightRef {
    if (!shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || sizeOf(shape) > 2 ** 31) {
      this.fail(`${role} would have the shape [${shape.join(", ")}]`, "bad-weights");
    }
    const id = `${this.layer.name ?? ""}/${role}`;
    return weightOf(params, { id, role, at: this.at, shape, channelAxis });
  }

  /** An array only if there is to be one. */
  optionalWeight(
    present: boolean | undefined,
    params: WeightParams | undefined,
    shape: readonly number[],
    role: string,
  ): WeightRef | undefined {
    return present === true ? this.weight(params, shape, role) : undefined;
  }

  /** A name for a constant that the layer's numbers make. */
  constantId(role: string): string {
    this.#steps++;
    return `${this.layer.name ?? ""}/${role}_${this.#steps}`;
  }

  /** An axis as the layer writes it, possibly from behind, as one from the front. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
    return this.fail(`has axis ${axis}, but its input has only ${rank} axes`);
  }

  require(condition: boolean, text: string): void {
    if (!condition) this.fail(text);
  }

  /** Refuses what the graph's ops cannot say. */
  refuse(text: string): never {
    return this.fail(text, "unsupported");
  }

  fail(
    text: string,
    code: "bad-shape" | "bad-weights" | "bad-config" | "unsupported" = "bad-shape",
  ): never {
    return fail(code, `${text}.`, { at: this.at });
  }
}

/** A lowering over the parameters of one kind. */
export function on<K extends NeuralNetworkLayerLayer>(
  kind: K,
  lower: (params: NonNullable<NeuralNetworkLayer[K]>, call: LayerCall) => void,
): LayerLowering {
  return (call) => {
    const params = call.layer[kind];
    if (params === undefined || params === null) return call.fail(`has no ${kind} parameters`);
    return lower(params, call);
  };
}

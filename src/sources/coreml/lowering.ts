import { fail } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { Origin, ValueId } from "../../ir/graph.ts";
import type { Op } from "../../ir/ops/index.ts";
import type { Dim, TensorType } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import { axesAt, type Blob, placedAxes, sizeAt } from "./blob.ts";
import type { LayerCall } from "./layer-call.ts";

/** What a lowering is told. */
export interface LoweringSetup {
  readonly builder: GraphBuilder;
  /** Blobs that nobody gives: optional states. */
  readonly absent: ReadonlySet<string>;
  /** Blobs that some layer, or the model, reads. */
  readonly read: ReadonlySet<string>;
  /** Name under which a layer appears. */
  layerName(name: string): string;
  /** What the readers of a blob expect along its channels. */
  expectedChannels(blob: string): number | undefined;
}

/** What was learned of the inputs on the way: reason to lower once more. */
export interface Findings {
  /** Inputs whose sequence some layer works along. */
  readonly sequences: ReadonlySet<string>;
  /** The order in which an input's first reader wants its axes, as indices of those it has. */
  readonly orders: ReadonlyMap<string, readonly number[]>;
  /** Sizes that layers state of axes that are free: the length of a sequence, or what became of it. */
  readonly lengths: ReadonlySet<number>;
}

/** The blobs made so far, and the steps that bring a value's axes into the order that a layer needs. */
export class Lowering {
  readonly #setup: LoweringSetup;
  readonly #blobs = new Map<string, Blob>();
  readonly #arranged = new Map<string, ValueId>();
  readonly #constants = new Map<Blob, ValueId>();
  readonly #makers = new Map<ValueId, Maker>();
  readonly #inputs = new Map<ValueId, string>();
  readonly #sequences = new Set<string>();
  readonly #lengths = new Set<number>();
  readonly #orders = new Map<string, readonly number[]>();

  constructor(setup: LoweringSetup) {
    this.#setup = setup;
  }

  get findings(): Findings {
    return { sequences: this.#sequences, orders: this.#orders, lengths: this.#lengths };
  }

  blob(name: string): Blob | undefined {
    return this.#blobs.get(name);
  }

  bind(name: string, blob: Blob): void {
    this.#blobs.set(name, blob);
  }

  /** A blob that the model is given. */
  bindInput(name: string, blob: Blob): void {
    if (blob.value !== undefined) this.#inputs.set(blob.value, name);
    this.bind(name, blob);
  }

  isAbsent(name: string): boolean {
    return this.#setup.absent.has(name);
  }

  isRead(name: string): boolean {
    return this.#setup.read.has(name);
  }

  layerName(name: string): string {
    return this.#setup.layerName(name);
  }

  expectedChannels(blob: string): number | undefined {
    return this.#setup.expectedChannels(blob);
  }

  guessLength(size: number): void {
    this.#lengths.add(size);
  }

  touch(inputs: readonly string[]): void {
    for (const name of inputs) this.#sequences.add(name);
  }

  add(op: Op, inputs: readonly ValueId[], origin: Origin): readonly ValueId[] {
    const values = this.#setup.builder.add(op, inputs, origin);
    for (const value of values) this.#makers.set(value, { op, inputs });
    return values;
  }

  /** The step that made a value; undefined for an input. */
  makerOf(value: ValueId): Maker | undefined {
    return this.#makers.get(value);
  }

  typeOf(value: ValueId): TensorType {
    return this.#setup.builder.typeOf(value);
  }

  dims(blob: Blob): readonly Dim[] {
    if (blob.value === undefined) return blob.constant?.shape ?? [];
    const { shape } = this.typeOf(blob.value);
    return blob.axes.map(({ at }) => (at === undefined ? 1 : sizeAt(shape, at)));
  }

  valueOf(blob: Blob, call: LayerCall): ValueId {
    return this.placed(blob, call).value;
  }

  arrange(blob: Blob, places: readonly number[], call: LayerCall): ValueId {
    const { value, axes } = this.placed(blob, call);
    const current = placedAxes({ axes });
    if (current.join() === places.join()) return value;
    const key = `${value}\u0000${current.join()}\u0000${places.join()}`;
    const known = this.#arranged.get(key);
    if (known !== undefined) return known;
    if (blob.mover === undefined && call.kind !== "outputs") this.#note(value, current, places);
    const dims = this.dims({ value, axes });
    const lost = current.filter((index) => !places.includes(index) && dims[index] !== 1);
    if (lost.length > 0) {
      call.refuse(
        `the axis ${lost[0]} of its input, of ${dims[lost[0] ?? 0] ?? "free"} elements, has no place in it`,
      );
    }
    const moved = this.#permute({ value, current, places, dims, blob }, call);
    const same = places.length === current.length && places.every((one) => current.includes(one));
    const result = same
      ? moved
      : this.#reshape(
          moved,
          places.map((index) => sizeAt(dims, index)),
          call,
        );
    this.#arranged.set(key, result);
    return result;
  }

  #permute({ value, current, places, dims, blob }: Move, call: LayerCall): ValueId {
    const target = [
      ...places.filter((index) => current.includes(index)),
      ...current.filter((index) => !places.includes(index)),
    ];
    const wide = (list: readonly number[]): string =>
      list.filter((index) => dims[index] !== 1).join();
    const full = places.length === target.length;
    if (target.join() === current.join() || (!full && wide(target) === wide(current))) return value;
    const order = [0, ...target.map((index) => current.indexOf(index) + 1)];
    const op: Op = { kind: "permute", dims: order, weights: {} };
    const [moved] = this.add(op, [value], blob.mover ?? call.originOf(op, [value]));
    return moved ?? value;
  }

  #reshape(value: ValueId, shape: readonly Dim[], call: LayerCall): ValueId {
    if (shape.filter((dim) => dim === null).length > 1) {
      call.refuse("it needs its input with other axes of one element, which takes known sizes");
    }
    const op: Op = { kind: "reshape", shape, weights: {} };
    const [result] = this.add(op, [value], call.originOf(op, [value]));
    return result ?? value;
  }

  /** An input is better declared in the order in which it is used. */
  #note(value: ValueId, current: readonly number[], places: readonly number[]): void {
    const name = this.#inputs.get(value);
    if (
      name === undefined ||
      this.#orders.has(name) ||
      !places.every((index) => current.includes(index))
    )
      return;
    this.#orders.set(
      name,
      places.map((index) => current.indexOf(index)),
    );
  }

  /** The blob with a value: a constant becomes one when it is first needed. */
  placed(blob: Blob, call: LayerCall): PlacedBlob {
    if (blob.value !== undefined) return { ...blob, value: blob.value };
    const { constant } = blob;
    if (constant === undefined) return fail("internal", "A blob is neither value nor constant.");
    const places = constant.shape.flatMap((dim, index) => (dim === 1 ? [] : [index]));
    const axes = axesAt(blob.axes, places);
    const known = this.#constants.get(blob);
    if (known !== undefined) return { value: known, axes };
    const dims = places.map((index) => constant.shape[index] ?? 1);
    const op: Op = { kind: "constant", weights: { value: reshapeWeight(constant, [1, ...dims]) } };
    const [value = ""] = this.add(op, [], call.originOf(op));
    this.#constants.set(blob, value);
    return { value, axes };
  }
}

/** A step and what it reads. */
export interface Maker {
  readonly op: Op;
  readonly inputs: readonly ValueId[];
}

/** A blob that has a value. */
export interface PlacedBlob extends Blob {
  readonly value: ValueId;
}

interface Move {
  readonly value: ValueId;
  readonly current: readonly number[];
  readonly places: readonly number[];
  readonly dims: readonly Dim[];
  readonly blob: Blob;
}

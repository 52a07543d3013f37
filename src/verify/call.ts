import { fail } from "../errors.ts";
import type {
  NeuralNetworkLayer,
  NeuralNetworkLayerLayer,
  WeightParams,
} from "../formats/coreml/types.gen.ts";
import { showShape, sizeOf, type Tensor } from "./tensor.ts";
import { readWeights } from "./weights.ts";

/** Computes one layer. */
export type LayerRun = (call: LayerCall) => readonly Tensor[];

/** Why a kind of layer is not computed here. */
export interface Unsupported {
  readonly unsupported: string;
}

/** What a computation needs of the layer that it works for. */
export interface Checks {
  /** Throws `KcError` in the layer's name unless a condition of the format holds. */
  require(condition: boolean, text: string): void;
}

/** One layer at work: its message, its blobs, and checks that speak in its name. */
export class LayerCall {
  readonly layer: NeuralNetworkLayer;
  readonly kind: NeuralNetworkLayerLayer;
  readonly #inputs: readonly (Tensor | undefined)[];

  constructor(
    layer: NeuralNetworkLayer,
    kind: NeuralNetworkLayerLayer,
    inputs: readonly (Tensor | undefined)[],
  ) {
    this.layer = layer;
    this.kind = kind;
    this.#inputs = inputs;
  }

  /** All inputs; an absent optional model input is only for recurrent layers. */
  get inputs(): readonly Tensor[] {
    return this.#inputs.map((_, index) => this.input(index));
  }

  /** The input at `index`, of at least `rank` axes. */
  input(index = 0, rank = 0): Tensor {
    const tensor = this.#inputs[index];
    if (tensor === undefined) return this.fail(`has no input ${index}`);
    if (tensor.shape.length < rank) {
      this.fail(`needs at least ${rank} axes, but its input is ${showShape(tensor.shape)}`);
    }
    return tensor;
  }

  /** An input that may be absent, such as the state of a recurrent layer. */
  optionalInput(index: number): Tensor | undefined {
    return this.#inputs[index];
  }

  get inputCount(): number {
    return this.#inputs.length;
  }

  get outputCount(): number {
    return this.layer.output?.length ?? 0;
  }

  /** Weights of exactly this shape; `channelAxis` is the one of per-channel quantisation. */
  weights(
    params: WeightParams | undefined,
    shape: readonly number[],
    what: string,
    channelAxis = 0,
  ): Float32Array {
    const values = readWeights(params, shape, channelAxis);
    if (typeof values === "string") return this.fail(`${what}: ${values}`, "bad-weights");
    const size = sizeOf(shape);
    if (values.length === size) return values;
    return this.fail(
      `${what}: ${values.length} numbers, but ${showShape(shape)} takes ${size}`,
      "bad-weights",
    );
  }

  /** Weights only if there are to be any. */
  optionalWeights(
    present: boolean | undefined,
    params: WeightParams | undefined,
    shape: readonly number[],
    what: string,
  ): Float32Array | undefined {
    return present === true ? this.weights(params, shape, what) : undefined;
  }

  /** An axis as the layer writes it, possibly from behind, as one from the front. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive >= 0 && positive < rank) return positive;
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
    return fail(code, `${text}.`, {
      at: { layer: this.layer.name ?? "", className: this.kind },
    });
  }
}

/** A `LayerRun` over the parameters of one kind. */
export function on<K extends NeuralNetworkLayerLayer>(
  kind: K,
  run: (params: NonNullable<NeuralNetworkLayer[K]>, call: LayerCall) => Tensor | readonly Tensor[],
): LayerRun {
  return (call) => {
    const params = call.layer[kind];
    if (params === undefined || params === null) return call.fail(`has no ${kind} parameters`);
    const result = run(params, call);
    return "shape" in result ? [result] : result;
  };
}

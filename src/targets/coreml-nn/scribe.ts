import type { Node } from "../../ir/graph.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { reshapeWeight } from "../../weights/reshape.ts";
import type { Emission } from "./emission.ts";
import type { LayerBody } from "./spec-version.ts";

/** Writes many small layers of one node, numbered under one prefix. */
export class Scribe {
  readonly #node: Node;
  readonly #emission: Emission;
  readonly #prefix: string;
  #count = 0;

  constructor(node: Node, emission: Emission, prefix: string) {
    this.#node = node;
    this.#emission = emission;
    this.#prefix = prefix;
  }

  /** A layer with one output. */
  add(body: LayerBody, ...inputs: readonly string[]): string {
    const [blob = ""] = this.#write(body, inputs, 1);
    return blob;
  }

  /** A constant of `rank` axes, the weight's own being the last. */
  constant(ref: WeightRef, rank = 5): string {
    const lead = new Array<number>(rank - ref.shape.length).fill(1);
    const shape = [...lead, ...ref.shape];
    const data = this.#emission.weights(this.#node, reshapeWeight(ref, shape));
    return this.add({ loadConstantND: { shape, data } });
  }

  /** Equal parts along an axis. */
  split(blob: string, axis: number, parts: number): readonly string[] {
    return parts === 1
      ? [blob]
      : this.#write({ splitND: { axis, numSplits: parts } }, [blob], parts);
  }

  /** The blobs one after another along an axis. */
  join(blobs: readonly string[], axis: number): string {
    return blobs.length === 1 ? (blobs[0] ?? "") : this.add({ concatND: { axis } }, ...blobs);
  }

  #write(body: LayerBody, inputs: readonly string[], outputs: number): readonly string[] {
    const name = `${this.#prefix}_${++this.#count}`;
    const blobs = Array.from({ length: outputs }, (_, index) =>
      this.#emission.blobName(outputs === 1 ? `${name}_output` : `${name}_output_${index}`),
    );
    this.#emission.add(name, body, inputs, blobs);
    return blobs;
  }
}

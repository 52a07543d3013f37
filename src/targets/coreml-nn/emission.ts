import { fail } from "../../errors.ts";
import type { NeuralNetworkLayer, WeightParams } from "../../formats/coreml/types.gen.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import { producersOf } from "../../ir/rewrite.ts";
import type { Dim, WeightRef } from "../../ir/tensor.ts";
import {
  type Blob,
  type Layout,
  movesBetween,
  naturalLayout,
  type Orientation,
  sameLayout,
} from "./layout.ts";
import { moveBody } from "./move-layer.ts";
import { layerNames, NameBook } from "./names.ts";
import { orientationsOf } from "./orientation.ts";
import type { LayerBody } from "./spec-version.ts";
import { type Precision, weightParams } from "./weight-params.ts";

/** What an emission is told. */
export interface EmissionSetup {
  readonly graph: Graph;
  /** Whether arrays are mapped with exactly their declared shape (any rank) or to the five classic axes. */
  readonly arrays: "classic" | "exact";
  readonly precision: Precision;
  /** Ids of the nodes that train on the device. */
  readonly trainable: ReadonlySet<string>;
  /** Names the model description gives out; blobs of these names belong to it. */
  readonly featureNames: readonly string[];
  /** Blob name of each graph output value in the classic mapping. */
  readonly outputNames: ReadonlyMap<ValueId, string>;
}

/** Writes the layers of one node. */
export interface NodeWriter {
  readonly name: string;
  /** Blob of the node's value. */
  readonly out: string;
  /** An intermediate layer `NAME__tag__`; gives its blob. */
  step(tag: string, body: LayerBody, ...inputs: readonly string[]): string;
  /** An intermediate layer of another name. */
  stepAs(layer: string, tag: string, body: LayerBody, ...inputs: readonly string[]): string;
  /** The layer that makes the value; gives its blob. */
  finish(body: LayerBody, ...inputs: readonly string[]): string;
  /** The same under another layer name. */
  finishAs(layer: string, body: LayerBody, ...inputs: readonly string[]): string;
}

/** Optional state of a recurrent layer, declared with the model: `units` numbers. */
export interface StateFeature {
  readonly name: string;
  readonly units: number;
}

/** The growing layer list, and where every value of the graph lies. All blobs have five axes. */
export class Emission {
  readonly graph: Graph;
  readonly arrays: "classic" | "exact";
  readonly layers: NeuralNetworkLayer[] = [];
  readonly stateInputs: StateFeature[] = [];
  readonly stateOutputs: StateFeature[] = [];
  readonly #setup: EmissionSetup;
  readonly #blobs = new Map<ValueId, Blob>();
  readonly #moved = new Map<string, Blob>();
  readonly #names: ReadonlyMap<string, string>;
  readonly #orientations: ReadonlyMap<ValueId, Orientation>;
  readonly #producers: ReadonlyMap<ValueId, Node>;
  readonly #inputNames: ReadonlyMap<ValueId, string>;
  readonly #layerBook = new NameBook();
  #hasHalves = false;
  readonly #blobBook = new NameBook();

  constructor(setup: EmissionSetup) {
    this.#setup = setup;
    this.graph = setup.graph;
    this.arrays = setup.arrays;
    this.#names = layerNames(setup.graph);
    this.#orientations = orientationsOf(setup.graph);
    this.#producers = producersOf(setup.graph);
    this.#inputNames = new Map(setup.graph.inputs.map((port) => [port.value, port.name]));
    for (const name of setup.featureNames) this.#blobBook.reserve(name);
  }

  shapeOf(value: ValueId): readonly Dim[] {
    const type = this.graph.types.get(value);
    return type?.shape ?? fail("internal", `The value "${value}" has no type.`);
  }

  /** The layout in which a value of this rank and orientation is declared. */
  naturalOf(value: ValueId): Layout {
    return naturalLayout(this.shapeOf(value).length, this.orientationOf(value));
  }

  orientationOf(value: ValueId): Orientation {
    return this.#orientations.get(value) ?? "channels-last";
  }

  isTrainable(node: Node): boolean {
    return this.#setup.trainable.has(node.id);
  }

  /** A weight of this node as the file holds it. */
  weights(node: Node, ref: WeightRef): WeightParams {
    if (this.isTrainable(node)) return { ...weightParams(ref, "float32"), isUpdatable: true };
    if (this.#setup.precision === "float16") this.#hasHalves = true;
    return weightParams(ref, this.#setup.precision);
  }

  /** Whether any weight is stored in float16. */
  get hasHalves(): boolean {
    return this.#hasHalves;
  }

  /** A vector that decides scales: kept in float32 always. */
  exactWeights(ref: WeightRef): WeightParams {
    return weightParams(ref, "float32");
  }

  /** Whether a value has been made; it has not when its layer was refused. */
  has(value: ValueId): boolean {
    return this.#blobs.has(value);
  }

  /** Says where a value lies; gives the blob back. */
  place(value: ValueId, name: string, layout: Layout): string {
    this.#blobs.set(value, { name, layout, shape: this.shapeOf(value) });
    return name;
  }

  /** Input `index` of a node, where it lies. */
  input(node: Node, index = 0): Blob {
    const value = node.inputs[index] ?? "";
    return this.#blobs.get(value) ?? fail("internal", `The value "${value}" lies in no blob.`);
  }

  /** Input `index` of a node in the wanted layout; moved by a layer where it lies otherwise. */
  read(node: Node, layout: Layout, index = 0, mover?: string): Blob {
    const usual = `${this.#sourceName(node.inputs[index] ?? "")}_permute_${this.#layerOf(node)}`;
    const name = this.#moveName(node.inputs[index], mover ?? usual);
    return this.move(this.input(node, index), layout, name);
  }

  /** The blob in another layout, through a layer of this name unless it lies so already. */
  move(blob: Blob, layout: Layout, name: string, out?: string): Blob {
    const moves = movesBetween(blob.layout, layout);
    const key = `${blob.name}\u0000${moves.join()}`;
    const found = moves.every((from, to) => from === to) ? blob.name : this.#moved.get(key)?.name;
    if (found !== undefined && out === undefined) return { ...blob, name: found, layout };
    const layer = this.#layerBook.unique(name);
    const made = out ?? this.#blobBook.unique(`${layer}_output`);
    this.layers.push({ name: layer, input: [blob.name], output: [made], ...moveBody(moves) });
    const moved = { ...blob, name: made, layout };
    this.#moved.set(key, moved);
    return moved;
  }

  /** Opens the writing of output `index` of a node, which will lie in `layout`. */
  write(node: Node, layout: Layout, index = 0): NodeWriter {
    const value = node.outputs[index] ?? "";
    const layer = this.#layerOf(node);
    const name = index === 0 ? layer : `${layer}_${index}`;
    const direct = this.#directName(value, layout);
    const out = direct ?? this.#blobBook.unique(`${name}_output`);
    const finishAs: NodeWriter["finishAs"] = (last, body, ...inputs) => {
      this.add(last, body, inputs, [out]);
      return this.place(value, out, layout);
    };
    const stepAs: NodeWriter["stepAs"] = (step, tag, body, ...inputs) => {
      const blob = this.#blobBook.unique(`${out}_${tag}`);
      this.add(step, body, inputs, [blob]);
      return blob;
    };
    return {
      name,
      out,
      stepAs,
      finishAs,
      step: (tag, body, ...inputs) => stepAs(`${name}__${tag}__`, tag, body, ...inputs),
      finish: (body, ...inputs) => finishAs(name, body, ...inputs),
    };
  }

  /** Adds a layer with all its names given. */
  add(
    name: string,
    body: LayerBody & Pick<NeuralNetworkLayer, "isUpdatable">,
    inputs: readonly string[],
    outputs: readonly string[],
  ): void {
    const layer = this.#layerBook.unique(name);
    this.layers.push({ name: layer, input: inputs, output: outputs, ...body });
  }

  /** A blob name that is still free. */
  blobName(wanted: string): string {
    return this.#blobBook.unique(wanted);
  }

  layerNameOf(node: Node): string {
    return this.#layerOf(node);
  }

  /** Where a graph output value lies, for the outputs' own layers. */
  blobOf(value: ValueId): Blob {
    return this.#blobs.get(value) ?? fail("internal", `The value "${value}" lies in no blob.`);
  }

  /**
   * Gives a blob another name everywhere. False when it cannot: a model input, or a name that the model's description holds.
   */
  rename(blob: string, name: string): boolean {
    const made = this.layers.some((layer) => layer.output?.includes(blob));
    if (!made || this.#setup.featureNames.includes(blob)) return false;
    const renamed = (one: string): string => (one === blob ? name : one);
    for (const [index, layer] of this.layers.entries()) {
      const { input = [], output = [] } = layer;
      if (!input.includes(blob) && !output.includes(blob)) continue;
      this.layers[index] = { ...layer, input: input.map(renamed), output: output.map(renamed) };
    }
    for (const [value, place] of this.#blobs) {
      if (place.name === blob) this.#blobs.set(value, { ...place, name });
    }
    for (const [key, moved] of this.#moved) {
      if (moved.name === blob) this.#moved.set(key, { ...moved, name });
    }
    return true;
  }

  /** Name of the layer that brings a graph output into its declared layout. */
  outputMoveName(value: ValueId): string {
    return this.#moveName(value, `${this.#sourceName(value)}_permute_`);
  }

  #directName(value: ValueId, layout: Layout): string | undefined {
    if (this.arrays === "exact" || !sameLayout(layout, this.naturalOf(value))) return undefined;
    return this.#setup.outputNames.get(value);
  }

  #layerOf(node: Node): string {
    return this.#names.get(node.id) ?? node.id;
  }

  /** A permute layer of the model gives its name to the layer that carries it out. */
  #moveName(value: ValueId | undefined, otherwise: string): string {
    const producer = this.#producers.get(value ?? "");
    return producer?.op.kind === "permute" ? this.#layerOf(producer) : otherwise;
  }

  #sourceName(value: ValueId): string {
    const producer = this.#producers.get(value);
    if (producer === undefined) return this.#inputNames.get(value) ?? value;
    return this.#layerOf(producer).replace(/__activation__$/, "");
  }
}

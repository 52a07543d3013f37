import { fail } from "../../../errors.ts";
import type { Graph, Node, ValueId } from "../../../ir/graph.ts";
import type { Dim, WeightRef } from "../../../ir/tensor.ts";
import type { Json, JsonObject } from "../../../json.ts";
import type { NamedWeight } from "../manifest.ts";
import { type FusedActivation, fusedActivations } from "./fused-activation.ts";
import { refuse } from "./refuse.ts";

/** A tensor of the written model: output `tensor` of call `call` of a layer. */
export interface TensorPlace {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
  /** Batch included. */
  readonly shape: readonly Dim[];
  /** The mask that tfjs hands on with the tensor. */
  readonly mask?: ValueId;
}

/** One layer of the written model. */
export interface WrittenLayer {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly inbound: Json[];
  readonly weights: readonly NamedWeight[];
}

/** What a layer is made of. */
export interface LayerParts {
  readonly className: string;
  readonly config: JsonObject;
  /** Of each output, batch included. */
  readonly shapes: readonly (readonly Dim[])[];
  readonly weights?: Readonly<Record<string, WeightRef>>;
  /** Of a step before the layer that carries the node's name. */
  readonly step?: string;
  /** The mask of the outputs, for layers that make one. */
  readonly mask?: ValueId;
}

/** Collects the layers while the nodes are walked. */
export class LayersEmission {
  readonly layers: WrittenLayer[] = [];
  readonly #graph: Graph;
  readonly #places = new Map<ValueId, TensorPlace>();
  readonly #names = new Set<string>();
  /** Layers with weights by what they are, so that a layer that is called twice is written once. */
  readonly #shared = new Map<string, WrittenLayer>();

  readonly #fused: ReadonlyMap<string, FusedActivation>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#fused = fusedActivations(graph);
    for (const { name, value } of graph.inputs) this.#addInput(name, value);
  }

  get graph(): Graph {
    return this.#graph;
  }

  has(value: ValueId): boolean {
    return this.#places.has(value);
  }

  placeOf(value: ValueId): TensorPlace {
    return this.#places.get(value) ?? fail("internal", `"${value}" was not written.`);
  }

  /** The input of a node at `index`. */
  input(node: Node, index = 0): TensorPlace {
    const place = this.#places.get(node.inputs[index] ?? "");
    return place ?? refuse(node, "a mask cannot be computed with in layers of TensorFlow.js.");
  }

  shapeOf(value: ValueId): readonly Dim[] {
    return this.#graph.types.get(value)?.shape ?? [];
  }

  /** Shape of the node's output at `index`. */
  outputShape(node: Node, index = 0): readonly Dim[] {
    return this.shapeOf(node.outputs[index] ?? "");
  }

  /** The activation that the node's layer carries. */
  activationOf(node: Node): string {
    return this.#fused.get(node.id)?.name ?? "linear";
  }

  /** Whether the work of a node is done by the layer before it. */
  isFused(node: Node): boolean {
    return [...this.#fused.values()].some(({ id }) => id === node.id);
  }

  /** Says where the outputs of a node are. */
  finish(node: Node, ...places: readonly TensorPlace[]): void {
    const outputs = this.#fused.get(node.id)?.outputs ?? node.outputs;
    outputs.forEach((value, index) => {
      const place = places[index];
      if (place !== undefined) this.#places.set(value, place);
    });
  }

  /** Writes a layer, or one more call of it, and gives its outputs. */
  add(
    node: Node,
    parts: LayerParts,
    ...inputs: readonly TensorPlace[]
  ): readonly [TensorPlace, ...TensorPlace[]] {
    const mask = parts.mask ?? passedMask(node, parts.className, inputs);
    const layer = this.#layerFor(node, parts);
    const call = layer.inbound.length;
    layer.inbound.push(inputs.map((place) => [place.layer, place.call, place.tensor, {}]));
    const places = parts.shapes.map(
      (shape, tensor): TensorPlace => ({
        layer: layer.name,
        call,
        tensor,
        shape,
        ...(mask === undefined || tensor > 0 ? {} : { mask }),
      }),
    );
    const [first, ...rest] = places;
    return first === undefined ? fail("internal", "A layer has no output.") : [first, ...rest];
  }

  /** The same for a layer with one output of a stated shape. */
  one(
    node: Node,
    parts: Omit<LayerParts, "shapes"> & { readonly shape: readonly Dim[] },
    ...inputs: readonly TensorPlace[]
  ): TensorPlace {
    const { shape, ...rest } = parts;
    return this.add(node, { ...rest, shapes: [shape] }, ...inputs)[0];
  }

  #layerFor(node: Node, parts: LayerParts): WrittenLayer {
    const { className, config, weights = {}, step } = parts;
    const ids = Object.entries(weights).map(([role, { id }]) => [role, id]);
    const key = JSON.stringify([node.origin.layer, step, className, config, ids]);
    const known = ids.length === 0 ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#unused(step === undefined ? node.id : `${node.id}/${step}`);
    const layer: WrittenLayer = {
      name,
      className,
      config: { name, trainable: node.origin.trainable, dtype: "float32", ...config },
      inbound: [],
      weights: Object.entries(weights).map(([role, ref]) => ({ name: `${name}/${role}`, ref })),
    };
    this.layers.push(layer);
    this.#shared.set(key, layer);
    return layer;
  }

  #addInput(port: string, value: ValueId): void {
    const type = this.#graph.types.get(value);
    const shape = type?.shape ?? [];
    const name = this.#unused(port);
    const dtype = type?.dtype.startsWith("int") ? "int32" : "float32";
    const config = { name, batch_input_shape: [...shape], dtype, sparse: false };
    this.layers.push({ name, className: "InputLayer", config, inbound: [], weights: [] });
    this.#places.set(value, { layer: name, call: 0, tensor: 0, shape });
  }

  /** A name that tfjs can make names of tensors from, and that no other layer has. */
  #unused(wanted: string): string {
    const clean = wanted.replaceAll(/[^A-Za-z0-9._/-]/g, "_").replace(/^[^A-Za-z0-9]/, "x$&");
    let name = clean;
    for (let count = 1; this.#names.has(name); count++) name = `${clean}_${count}`;
    this.#names.add(name);
    return name;
  }
}

/** Classes of tfjs that take a masked input; the first group hands the mask on. */
const PASSING: ReadonlySet<string> = new Set([
  "Activation",
  "AlphaDropout",
  "BatchNormalization",
  "Dense",
  "Dropout",
  "GaussianDropout",
  "GaussianNoise",
  "LayerNormalization",
  "PReLU",
  "ReLU",
]);
const READING: ReadonlySet<string> = new Set(["Bidirectional", "GRU", "LSTM", "SimpleRNN"]);

function passedMask(
  node: Node,
  className: string,
  inputs: readonly TensorPlace[],
): ValueId | undefined {
  const mask = inputs.find((input) => input.mask !== undefined)?.mask;
  if (mask === undefined || READING.has(className)) return undefined;
  if (PASSING.has(className)) return mask;
  return refuse(node, `${className} of TensorFlow.js cannot read steps that are masked.`);
}

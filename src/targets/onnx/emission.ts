import { fail } from "../../errors.ts";
import type { NodeProto } from "../../formats/onnx/types.gen.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import type { Dim } from "../../ir/tensor.ts";
import { int, ints } from "./attributes.ts";
import { type Constant, Constants } from "./constants.ts";
import { ELEMENT, type ElementType } from "./element.ts";
import { type AxisOrder, naturalOrder, permutation, sameOrder } from "./layout.ts";
import { NameBook } from "./name-book.ts";
import { type Desk, Scribe } from "./scribe.ts";

/** A value of the graph as it lies in the ONNX graph. */
export interface Tensor {
  readonly name: string;
  readonly order: AxisOrder;
  readonly element: ElementType;
}

/** The growing list of ONNX nodes, and where every value of the graph lies: in which tensor, with its axes in which order. */
export class Emission {
  readonly graph: Graph;
  readonly nodes: NodeProto[] = [];
  readonly #desk: Desk;
  readonly #tensors = new Map<ValueId, Tensor>();
  /** Transposed and cast copies by what they are made of, so that none is made twice. */
  readonly #copies = new Map<string, string>();

  constructor(
    graph: Graph,
    options: { readonly half: boolean; readonly names: readonly string[] },
  ) {
    this.graph = graph;
    const names = new NameBook();
    for (const name of options.names) names.unique(name);
    this.#desk = { names, constants: new Constants(names), half: options.half };
  }

  get constants(): readonly Constant[] {
    return this.#desk.constants.list();
  }

  /** Writes the nodes of one node of the graph. */
  scribe(node: Node): Scribe {
    return new Scribe(this.#desk, this.nodes, node.id);
  }

  /** Writes nodes that belong to no layer. */
  scribeFor(label: string): Scribe {
    return new Scribe(this.#desk, this.nodes, label);
  }

  /** A constant in the type of the value that it is. */
  constant(node: Node, value: ValueId, ref: Parameters<Constants["typed"]>[1]): Tensor {
    const dtype = this.graph.types.get(value)?.dtype ?? "float32";
    const name = this.#desk.constants.typed(`${node.id}.value`, ref, dtype);
    const element = this.#desk.constants.list().find((one) => one.name === name)?.element;
    return { name, order: naturalOrder(ref.shape.length), element: element ?? ELEMENT.float };
  }

  shapeOf(value: ValueId): readonly Dim[] {
    const type = this.graph.types.get(value);
    return type?.shape ?? fail("internal", `The value "${value}" has no type.`);
  }

  /** Shape of input `index` of a node, in Keras' order. */
  inputShape(node: Node, index = 0): readonly Dim[] {
    return this.shapeOf(node.inputs[index] ?? "");
  }

  outputShape(node: Node, index = 0): readonly Dim[] {
    return this.shapeOf(node.outputs[index] ?? "");
  }

  /** Whether a value has been made; it has not when its layer was refused. */
  has(value: ValueId): boolean {
    return this.#tensors.has(value);
  }

  /** Where a value lies. */
  tensorOf(value: ValueId): Tensor {
    return this.#tensors.get(value) ?? fail("internal", `The value "${value}" lies nowhere.`);
  }

  /** Input `index` of a node, where it lies. */
  input(node: Node, index = 0): Tensor {
    return this.tensorOf(node.inputs[index] ?? "");
  }

  /** Input `index` of a node as float32, its axes as they lie. */
  float(node: Node, index = 0): Tensor {
    return this.cast(this.input(node, index), ELEMENT.float);
  }

  /** Name of input `index` of a node as float32, with its axes in this order; Keras' if left out. */
  read(node: Node, index = 0, order?: AxisOrder): string {
    const tensor = this.float(node, index);
    return this.move(tensor, order ?? naturalOrder(tensor.order.length)).name;
  }

  /** The tensor with its axes in another order. */
  move(tensor: Tensor, order: AxisOrder): Tensor {
    if (sameOrder(tensor.order, order)) return tensor;
    const perm = permutation(tensor.order, order);
    const name = this.#copy(tensor, `transposed ${perm.join()}`, () =>
      this.scribeFor(tensor.name).add("Transpose", [tensor.name], { perm: ints(perm) }),
    );
    return { ...tensor, name, order };
  }

  /** The tensor with elements of another type; towards integers numbers are truncated. */
  cast(tensor: Tensor, element: ElementType): Tensor {
    if (tensor.element === element) return tensor;
    const name = this.#copy(tensor, `as ${element}`, () =>
      this.scribeFor(tensor.name).add("Cast", [tensor.name], { to: int(element) }),
    );
    return { ...tensor, name, element };
  }

  /** Says where output `index` of a node lies; its axes in Keras' order and float32 unless stated. */
  place(
    node: Node,
    name: string,
    more: {
      readonly order?: AxisOrder;
      readonly element?: ElementType;
      readonly index?: number;
    } = {},
  ): void {
    const value = node.outputs[more.index ?? 0] ?? "";
    const order = more.order ?? naturalOrder(this.shapeOf(value).length);
    this.put(value, { name, order, element: more.element ?? ELEMENT.float });
  }

  /** Says where a value lies. */
  put(value: ValueId, tensor: Tensor): void {
    this.#tensors.set(value, tensor);
  }

  #copy(tensor: Tensor, what: string, make: () => string): string {
    const key = `${tensor.name}\u0000${what}`;
    const known = this.#copies.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#copies.set(key, made);
    return made;
  }
}

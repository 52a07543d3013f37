import type { NodeProto } from "../../formats/onnx/types.gen.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import { type Attributes, attributeList } from "./attributes.ts";
import type { Constants } from "./constants.ts";
import { ELEMENT, type ElementType } from "./element.ts";
import type { NameBook } from "./name-book.ts";

/** What all scribes of one model share. */
export interface Desk {
  readonly names: NameBook;
  readonly constants: Constants;
  /** Whether weights are stored in half precision. */
  readonly half: boolean;
}

/** Writes the ONNX nodes of one node of the graph; tensors go by name. */
export class Scribe {
  readonly #desk: Desk;
  readonly #nodes: NodeProto[];
  readonly #label: string;

  constructor(desk: Desk, nodes: NodeProto[], label: string) {
    this.#desk = desk;
    this.#nodes = nodes;
    this.#label = label;
  }

  /** A node with one output; inputs left out are `""`. */
  add(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const [output = ""] = this.addMany(operator, inputs, 1, attributes);
    return output;
  }

  /** A node with several outputs. */
  addMany(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
  ): readonly string[] {
    const name = this.#desk.names.unique(`${this.#label}/${operator}`);
    const made = Array.from({ length: outputs }, (_, index) =>
      index === 0 ? name : this.#desk.names.unique(`${name}:${index}`),
    );
    this.write({
      input: trimmed(inputs),
      output: made,
      name,
      opType: operator,
      attribute: attributeList(attributes),
    });
    return made;
  }

  /** A node with all its names given. */
  write(node: NodeProto): void {
    this.#nodes.push(node);
  }

  /** A name of its own for a value that no node makes. */
  name(what: string): string {
    return this.#desk.names.unique(`${this.#label}/${what}`);
  }

  /** A weight in the precision that was asked for, as float32. */
  weight(role: string, ref: WeightRef): string {
    if (!this.#desk.half) return this.exact(role, ref);
    const half = this.#desk.constants.half(`${this.#label}.${role}`, ref);
    return this.add("Cast", [half], { to: { type: "INT", i: ELEMENT.float } });
  }

  /** A weight that decides scales: float32 always. */
  exact(role: string, ref: WeightRef): string {
    return this.#desk.constants.float(`${this.#label}.${role}`, ref);
  }

  /** A number. */
  scalar(value: number, element: ElementType = ELEMENT.float): string {
    return this.#desk.constants.numbers(String(value), [], [value], element);
  }

  /** A list of whole numbers: axes, sizes. */
  ints(values: readonly number[]): string {
    return this.indices(values, [values.length]);
  }

  /** Whole numbers in any shape. */
  indices(values: ArrayLike<number>, dims: readonly number[]): string {
    const short = values.length <= 8 ? `[${Array.from(values).join()}]` : `${this.#label}.indices`;
    return this.#desk.constants.numbers(short, dims, values, ELEMENT.int64);
  }

  /** Numbers in any shape. */
  floats(what: string, values: ArrayLike<number>, dims: readonly number[]): string {
    return this.#desk.constants.numbers(`${this.#label}.${what}`, dims, values, ELEMENT.float);
  }

  /** A scribe of the same node that writes into another graph, such as the body of a loop. */
  within(nodes: NodeProto[]): Scribe {
    return new Scribe(this.#desk, nodes, this.#label);
  }
}

/** Optional inputs left out at the end are not written. */
function trimmed(inputs: readonly string[]): readonly string[] {
  const last = inputs.findLastIndex((input) => input !== "");
  return inputs.slice(0, last + 1);
}

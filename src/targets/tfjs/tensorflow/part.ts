import type { AttributeValue, GraphNode } from "../../../formats/tensorflow/saved-model.ts";
import { keepTensor, takeKept } from "./kept-tensors.ts";
import type { RecordedOperation, Source } from "./recorder.ts";
import { Places, Turns } from "./waits.ts";

/** Operations as nodes of a graph, and how they are run. */
export interface Part extends Run {
  readonly nodes: readonly GraphNode[];
}

/** What a run of a graph is given and gives. */
export interface Run {
  /** What it is fed with, by node. */
  readonly feeds: readonly Port[];
  /** What later runs or the caller want of it, by node. */
  readonly fetches: readonly Port[];
}

/** A tensor with its name in a graph, as `node:0`. */
export interface Port {
  readonly source: Source;
  readonly name: string;
}

/** How a part stands to others. */
export interface PartOptions {
  /** What the caller or later runs want. */
  readonly isFetched: (source: Source) => boolean;
  /** What one part of a graph makes and TensorFlow keeps until another part takes it, each with a number of its own. */
  readonly kept?: ReadonlyMap<Source, number>;
  /** Where gradients start: what does not depend on them waits for its turn among what does. */
  readonly starts?: ReadonlySet<Source>;
  /** Begins the names of its nodes. */
  readonly prefix?: string;
}

/** The nodes of operations, with what they are fed with and give. */
export function partOf(operations: readonly RecordedOperation[], options: PartOptions): Part {
  const part = new PartBuilder(operations, options);
  operations.forEach((operation, index) => {
    part.add(operation, index);
  });
  return part.build();
}

class PartBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #feeds: Port[] = [];
  readonly #fetched: { readonly source: Source; readonly result: string }[] = [];
  /** What the first result waits for: nothing is run that none waits for, and what is kept must be taken, read or not. */
  readonly #keeping: string[] = [];
  readonly #names = new Map<Source, string>();
  readonly #isFetched: (source: Source) => boolean;
  readonly #kept: ReadonlyMap<Source, number>;
  readonly #prefix: string;
  readonly #places = new Places();
  readonly #turns: Turns;
  /** What somebody else reads of what an activation begins with. */
  readonly #swallowed: ReadonlySet<Source>;

  constructor(
    operations: readonly RecordedOperation[],
    { isFetched, kept = new Map(), starts = new Set(), prefix = "" }: PartOptions,
  ) {
    this.#isFetched = isFetched;
    this.#kept = kept;
    this.#prefix = prefix;
    this.#turns = new Turns(starts);
    const taken = operations.filter(({ op }) => TAKEN.has(op)).flatMap(({ inputs }) => inputs);
    this.#swallowed = new Set(taken.filter((source) => isFetched(source) || kept.has(source)));
  }

  add(operation: RecordedOperation, index: number): void {
    const name = `${this.#prefix}op_${index}`;
    const inputs = operation.inputs.map((source) => this.#nameOf(source));
    const waits = [this.#places, this.#turns].flatMap((one) => one.before(operation, name));
    const [result] = operation.results;
    // A convolution would take a bias and such an activation along even where somebody wants what stands between, which is then not found.
    const isLost = result !== undefined && this.#swallowed.has(result) && isBias(operation);
    // What is divided by a root would be multiplied by a number that is a little off.
    const nodesOfIt = isLost || operation.op === "Sqrt" ? hidden : nodesOf;
    this.#nodes.push(...nodesOfIt(operation, name, { inputs, waits }));
    operation.results.forEach((source, at) => {
      this.#give(source, at === 0 ? name : `${name}:${at}`);
    });
  }

  build(): Part {
    const [nodes, feeds] = [[...this.#nodes], this.#feeds];
    const fetches = this.#fetched.map(({ source, result }, index) => {
      // By a node of its own: TensorFlow may give what it fuses another name.
      const name = `${this.#prefix}out_${index}`;
      const waits = index === 0 ? this.#keeping.map((node) => `^${node}`) : [];
      nodes.push(identity(name, [result, ...waits], source));
      return { source, name: `${name}:0` };
    });
    return { nodes, feeds, fetches };
  }

  /** The node that gives a tensor; makes one for what comes from elsewhere. */
  #nameOf(source: Source): string {
    const known = this.#names.get(source);
    if (known !== undefined) return known;
    const name = `${this.#prefix}in_${this.#names.size}`;
    this.#names.set(source, name);
    const place = this.#kept.get(source);
    if (source.bytes !== undefined) this.#nodes.push(constant(name, source));
    else if (place !== undefined) {
      this.#keeping.push(name);
      this.#nodes.push(takeKept(name, source, place));
    } else {
      this.#nodes.push(placeholder(name, source));
      this.#feeds.push({ source, name: `${name}:0` });
    }
    return name;
  }

  #give(source: Source, result: string): void {
    this.#names.set(source, result);
    const place = this.#kept.get(source);
    if (place !== undefined) {
      const keeper = `${this.#prefix}keep_${place}`;
      this.#keeping.push(keeper);
      this.#nodes.push(keepTensor(keeper, source, { place, input: result }));
    }
    if (this.#isFetched(source)) this.#fetched.push({ source, result });
  }
}

function placeholder(name: string, { type, shape }: Source): GraphNode {
  return { name, op: "Placeholder", inputs: [], attributes: { dtype: { type }, shape: { shape } } };
}

function identity(name: string, inputs: readonly string[], { type }: Source): GraphNode {
  return { name, op: "Identity", inputs, attributes: { T: { type } } };
}

function constant(name: string, { type, shape, bytes }: Source): GraphNode {
  const value = { tensor: { type, shape, bytes: bytes ?? new Uint8Array(0) } };
  return { name, op: "Const", inputs: [], attributes: { dtype: { type }, value } };
}

/** With what activations begin that are taken along: swish, mish, and leaky rectifiers. */
const TAKEN: ReadonlySet<string> = new Set(["Sigmoid", "Softplus", "LeakyRelu"]);

/** An operation behind which TensorFlow does not see what it is. */
function hidden(
  { op, attributes }: RecordedOperation,
  name: string,
  { inputs, waits }: Reads,
): readonly GraphNode[] {
  const own = `${name}_hidden`;
  return [
    { name: own, op, inputs: [...inputs, ...waits], attributes },
    { name, op: "Snapshot", inputs: [own], attributes },
  ];
}

/** What a node reads, and what it waits for besides. */
interface Reads {
  readonly inputs: readonly string[];
  readonly waits: readonly string[];
}

/** The same in the words by which TensorFlow finds what it computes faster together. */
function nodesOf(
  { op, attributes, inputs: sources }: RecordedOperation,
  name: string,
  { inputs, waits }: Reads,
): readonly GraphNode[] {
  const all = [...inputs, ...waits];
  if (isBias({ op, inputs: sources })) {
    // A convolution takes it, and the activation after it, along.
    const layout: AttributeValue = { text: "NHWC" };
    return [
      { name, op: "BiasAdd", inputs: all, attributes: { ...attributes, data_format: layout } },
    ];
  }
  if (op === "MaxPoolGrad") {
    // oneDNN's kernel wants to know from the one before where the maxima are.
    const [x = "", , slopes = ""] = inputs;
    const again = `${name}_again`;
    return [
      { name: again, op: "MaxPool", inputs: [x, `^${nodeOf(slopes)}`], attributes },
      { name, op, inputs: [x, again, slopes, ...waits], attributes },
    ];
  }
  return [{ name, op, inputs: all, attributes }];
}

/** The node of a result, as `node:1`. */
function nodeOf(result: string): string {
  return result.replace(/:\d+$/, "");
}

function isBias({ op, inputs }: Pick<RecordedOperation, "op" | "inputs">): boolean {
  const [values, bias] = inputs;
  if (op !== "Add" && op !== "AddV2") return false;
  const size = values?.shape.at(-1);
  return values?.shape.length === 4 && bias?.shape.length === 1 && bias.shape[0] === size;
}

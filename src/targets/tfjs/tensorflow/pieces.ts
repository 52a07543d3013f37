import type { AttributeValue, GraphNode } from "../../../formats/tensorflow/saved-model.ts";
import type { RecordedOperation, Source } from "./recorder.ts";

/** A run of operations as a graph of its own. */
export interface Piece {
  readonly nodes: readonly GraphNode[];
  /** What it is fed with, by node. */
  readonly feeds: readonly Port[];
  /** What later pieces or the caller want of it, by node. */
  readonly fetches: readonly Port[];
  /** What no later piece reads: it may go once this one has run. */
  readonly ends: readonly Source[];
}

/** A tensor with its name in a piece, as `node:0`. */
export interface Port {
  readonly source: Source;
  readonly name: string;
}

/** What pieces are cut from. */
export interface Cut {
  readonly operations: readonly RecordedOperation[];
  /** Where each piece but the first begins. */
  readonly borders: readonly number[];
  /** What the caller wants. */
  readonly wanted: ReadonlySet<Source>;
}

/** Cuts what was written down into graphs that run one after the other. */
export function cutPieces({ operations, borders, wanted }: Cut): readonly Piece[] {
  const starts = [0, ...borders];
  const parts = starts.map((from, index) => operations.slice(from, starts[index + 1]));
  const last = new Map<Source, number>();
  parts.forEach((part, index) => {
    for (const { inputs } of part) for (const source of inputs) last.set(source, index);
  });
  return parts.map((part, index) => {
    const isFetched = (source: Source): boolean =>
      wanted.has(source) || (last.get(source) ?? -1) > index;
    const ends = [...last].flatMap(([source, at]) =>
      at === index && source.kind !== "constant" && !wanted.has(source) ? [source] : [],
    );
    return { ...pieceOf(part, isFetched), ends };
  });
}

function pieceOf(
  part: readonly RecordedOperation[],
  isFetched: (source: Source) => boolean,
): Omit<Piece, "ends"> {
  const [nodes, feeds, fetches]: [GraphNode[], Port[], Port[]] = [[], [], []];
  const names = new Map<Source, string>();
  const nameOf = (source: Source): string => {
    const known = names.get(source);
    if (known !== undefined) return known;
    const name = `in_${names.size}`;
    names.set(source, name);
    nodes.push(source.bytes === undefined ? placeholder(name, source) : constant(name, source));
    if (source.bytes === undefined) feeds.push({ source, name: `${name}:0` });
    return name;
  };
  const places = new Places();
  const swallowed = new Set(
    part.filter(({ op }) => TAKEN.has(op)).flatMap(({ inputs }) => inputs.filter(isFetched)),
  );
  part.forEach((operation, index) => {
    const name = `op_${index}`;
    const inputs = operation.inputs.map(nameOf);
    const waits = [...inputs, ...places.before(operation, name)];
    const [result] = operation.results;
    const kept = result !== undefined && swallowed.has(result) && isBias(operation);
    nodes.push(...(kept ? keptBias(operation, name, waits) : nodesOf(operation, name, waits)));
    operation.results.forEach((source, at) => {
      names.set(source, at === 0 ? name : `${name}:${at}`);
      if (!isFetched(source)) return;
      // By a node of its own: TensorFlow may give what it fuses another name.
      const output = `out_${fetches.length}`;
      nodes.push(identity(output, nameOf(source), source));
      fetches.push({ source, name: `${output}:0` });
    });
  });
  return { nodes, feeds, fetches };
}

/** Numbers are overwritten in their place once all that read them before have done so. */
class Places {
  /** Reshaped tensors lie where their originals lie. */
  readonly #origins = new Map<Source, Source>();
  readonly #readers = new Map<Source, string[]>();

  /** What an operation waits for besides its inputs. */
  before({ op, inputs, results }: RecordedOperation, name: string): readonly string[] {
    const places = inputs.map((source) => this.#origins.get(source) ?? source);
    const [first] = places;
    if (first === undefined) return [];
    if (op === "Reshape") for (const result of results) this.#origins.set(result, first);
    const earlier = op === "InplaceUpdate" ? (this.#readers.get(first) ?? []) : [];
    for (const place of places) {
      this.#readers.set(place, [...(this.#readers.get(place) ?? []), `^${name}`]);
    }
    return earlier;
  }
}

function placeholder(name: string, { type, shape }: Source): GraphNode {
  return { name, op: "Placeholder", inputs: [], attributes: { dtype: { type }, shape: { shape } } };
}

function identity(name: string, input: string, { type }: Source): GraphNode {
  return { name, op: "Identity", inputs: [input], attributes: { T: { type } } };
}

function constant(name: string, { type, shape, bytes }: Source): GraphNode {
  const value = { tensor: { type, shape, bytes: bytes ?? new Uint8Array(0) } };
  return { name, op: "Const", inputs: [], attributes: { dtype: { type }, value } };
}

/** With what activations begin that are taken along: swish, mish, and leaky rectifiers. */
const TAKEN: ReadonlySet<string> = new Set(["Sigmoid", "Softplus", "LeakyRelu"]);

/**
 * A convolution takes a bias and such an activation behind it along even where somebody wants what stands between, which is then not found:
 * TensorFlow sees no bias behind a copy.
 */
function keptBias(
  { op, attributes }: RecordedOperation,
  name: string,
  inputs: readonly string[],
): readonly GraphNode[] {
  const sum = `${name}_sum`;
  return [
    { name: sum, op, inputs, attributes },
    { name, op: "Snapshot", inputs: [sum], attributes },
  ];
}

/** The same in the words by which TensorFlow finds what it computes faster together. */
function nodesOf(
  { op, attributes, inputs: sources }: RecordedOperation,
  name: string,
  inputs: readonly string[],
): readonly GraphNode[] {
  if (isBias({ op, inputs: sources })) {
    // A convolution takes it, and the activation after it, along.
    const layout: AttributeValue = { text: "NHWC" };
    return [{ name, op: "BiasAdd", inputs, attributes: { ...attributes, data_format: layout } }];
  }
  if (op === "MaxPoolGrad") {
    // oneDNN's kernel wants to know from the one before where the maxima are.
    const [x = "", , slopes = ""] = inputs;
    const again = `${name}_again`;
    return [
      { name: again, op: "MaxPool", inputs: [x], attributes },
      { name, op, inputs: [x, again, slopes], attributes },
    ];
  }
  return [{ name, op, inputs, attributes }];
}

function isBias({ op, inputs }: Pick<RecordedOperation, "op" | "inputs">): boolean {
  const [values, bias] = inputs;
  if (op !== "Add" && op !== "AddV2") return false;
  const size = values?.shape.at(-1);
  return values?.shape.length === 4 && bias?.shape.length === 1 && bias.shape[0] === size;
}

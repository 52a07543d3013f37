import { clone, keep, type Tensor } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { AttributeValue } from "../../../formats/tensorflow/saved-model.ts";
import { bindingNumber, type NodeAttribute, type NodeBackend } from "./node-backend.ts";

/** A tensor that operations read; the same one for all that read it. */
export interface Source {
  /** Results differ from run to run, and so does what is given; constants are always the same. */
  readonly kind: "result" | "given" | "constant";
  readonly shape: readonly number[];
  /** Number of TensorFlow's `DataType`. */
  readonly type: number;
  /** Of a small constant. */
  readonly bytes?: Uint8Array;
}

/** An operation of TensorFlow that was run. */
export interface RecordedOperation {
  readonly op: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly Source[];
  readonly results: readonly Source[];
}

/**
 * Writes down which operations tfjs-node runs. What is known only of one run cannot be written down, such as numbers of a result or
 * of what was given that are looked at.
 */
export class Recorder {
  readonly operations: RecordedOperation[] = [];
  /** Constants that are too large for a graph. */
  readonly constants = new Map<Source, Tensor>();
  readonly #node: NodeBackend;
  /** By the `dataId` of tensors. */
  readonly #sources = new WeakMap<object, Source>();
  readonly #attributeOf: (attribute: NodeAttribute) => AttributeValue;
  readonly #types: Readonly<Record<string, number>>;
  #failure: unknown;

  constructor(node: NodeBackend) {
    this.#node = node;
    this.#attributeOf = attributesOf(node);
    this.#types = {
      float32: bindingNumber(node, "TF_FLOAT"),
      int32: bindingNumber(node, "TF_INT32"),
      bool: bindingNumber(node, "TF_BOOL"),
    };
  }

  /** Tells that a tensor is another one in each run. */
  give(tensor: Tensor): Source {
    const known = this.#sources.get(tensor.dataId);
    if (known?.kind === "given") return known;
    return this.#note("given", tensor);
  }

  /** What a tensor is, if it was given, or if an operation has read or made it. */
  sourceOf(tensor: Tensor): Source | undefined {
    return this.#sources.get(tensor.dataId);
  }

  /** Ends what it keeps. */
  dispose(): void {
    for (const one of this.constants.values()) one.dispose();
    this.constants.clear();
  }

  /** Runs what is to be written down to its end. Throws `unsupported` then if something of it could not be. */
  listen<T>(run: () => T): T {
    this.#failure = undefined;
    const result = this.#intercept(run);
    if (this.#failure !== undefined) throw this.#failure;
    return result;
  }

  #intercept<T>(run: () => T): T {
    const node = this.#node;
    const { executeSingleOutput, executeMultipleOutputs, readSync } = node;
    node.executeSingleOutput = (name, attributes, inputs) => {
      const sources = this.#try(() => this.#inputs(inputs));
      const result = executeSingleOutput.call(node, name, attributes, inputs);
      this.#try(() => this.#add(name, attributes, sources ?? [], [result]));
      return result;
    };
    node.executeMultipleOutputs = (name, attributes, inputs, count) => {
      const sources = this.#try(() => this.#inputs(inputs));
      const results = executeMultipleOutputs.call(node, name, attributes, inputs, count);
      this.#try(() => this.#add(name, attributes, sources ?? [], results));
      return results;
    };
    node.readSync = (dataId) => {
      const known = this.#sources.get(dataId);
      if (known !== undefined && known.kind !== "constant") {
        this.#try(() => fail("unsupported", "Numbers of one run were looked at."));
      }
      return readSync.call(node, dataId);
    };
    try {
      return run();
    } finally {
      for (const method of ["executeSingleOutput", "executeMultipleOutputs", "readSync"]) {
        Reflect.deleteProperty(node, method);
      }
    }
  }

  /** Nothing is written down any more once something could not be. */
  #try<T>(write: () => T): T | undefined {
    if (this.#failure !== undefined) return undefined;
    try {
      return write();
    } catch (error) {
      this.#failure = error;
      return undefined;
    }
  }

  #inputs(tensors: readonly Tensor[]): readonly Source[] {
    return tensors.map((one) => this.#sources.get(one.dataId) ?? this.#constant(one));
  }

  #constant(tensor: Tensor): Source {
    if (tensor.size > MOST_NUMBERS) {
      const large = this.#note("constant", tensor);
      this.constants.set(large, keep(clone(tensor)));
      return large;
    }
    const { buffer, byteOffset, byteLength } = this.#node.readSync(tensor.dataId);
    return this.#note("constant", tensor, new Uint8Array(buffer, byteOffset, byteLength).slice());
  }

  #add(
    op: string,
    attributes: readonly NodeAttribute[],
    inputs: readonly Source[],
    results: readonly Tensor[],
  ): void {
    this.operations.push({
      op,
      attributes: Object.fromEntries(attributes.map((one) => [one.name, this.#attributeOf(one)])),
      inputs,
      results: results.map((one) => this.#note("result", one)),
    });
  }

  #note(kind: Source["kind"], { dataId, dtype, shape }: Tensor, bytes?: Uint8Array): Source {
    const type = this.#types[dtype];
    if (type === undefined) return fail("unsupported", `Tensors of ${dtype} are not written down.`);
    const source = { kind, shape, type, ...(bytes && { bytes }) };
    this.#sources.set(dataId, source);
    return source;
  }
}

/** Of a constant within a graph: TensorFlow copies them several times over while it makes a graph ready. */
const MOST_NUMBERS = 16_384;

function attributesOf(node: NodeBackend): (attribute: NodeAttribute) => AttributeValue {
  const kinds = new Map(
    KINDS.map((kind) => [bindingNumber(node, `TF_ATTR_${kind}`), kind] as const),
  );
  return ({ name, type, value }) => {
    const kind = kinds.get(type);
    if (kind === "STRING" && typeof value === "string") return { text: value };
    if (kind === "BOOL" && typeof value === "boolean") return { flag: value };
    if (Array.isArray(value)) {
      const numbers = value.map(Number);
      if (kind === "INT") return { integers: numbers };
      if (kind === "SHAPE") return { shape: numbers };
    } else if (typeof value === "number") {
      if (kind === "INT") return { integer: value };
      if (kind === "FLOAT") return { float: value };
      if (kind === "TYPE") return { type: value };
    }
    return fail("unsupported", `The attribute ${name} is not written down.`);
  };
}

const KINDS = ["STRING", "BOOL", "INT", "FLOAT", "TYPE", "SHAPE"] as const;

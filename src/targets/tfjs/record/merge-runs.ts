import { fail } from "../../../errors.ts";
import type { JsonObject } from "../../../json.ts";
import { attr } from "./attributes.ts";
import type { Recording } from "./record-run.ts";
import type { NumberList, RecordedNode } from "./recorder.ts";

/**
 * One graph out of two runs with inputs of other sizes: a number that differs belongs to a free size, and is said so
 * that TensorFlow finds it out. Throws `unsupported` where that cannot be said.
 */
export function mergeRuns(first: Recording, second: Recording): Recording {
  if (first.nodes.length !== second.nodes.length) {
    // The second run has the larger inputs, so the longer one.
    const apart = second.nodes.find(({ op }, index) => op !== first.nodes[index]?.op);
    refuse("the number of its steps depends on a free size of the input", apart);
  }
  const added: RecordedNode[] = [];
  const nodes = first.nodes.map((node, index) => {
    const other = second.nodes[index];
    if (other === undefined || other.op !== node.op) return refuse(FREE, node);
    if (JSON.stringify(node.attrs) !== JSON.stringify(other.attrs)) return refuse(FREE, node);
    const merged = mergeNode(node, other, first, added);
    return [...added.splice(0), merged];
  });
  return { ...first, nodes: usedNodes(nodes.flat(), [...first.inputs, ...first.outputs]) };
}

const FREE = "it depends on a free size of the input in a way that a graph model cannot say";

function mergeNode(
  node: RecordedNode,
  other: RecordedNode,
  run: Recording,
  added: RecordedNode[],
): RecordedNode {
  const { constant, weight } = node;
  if (weight !== undefined) return node;
  if (constant !== undefined) {
    const twin = other.constant;
    if (twin === undefined) return refuse(FREE, node);
    if (constant.shape.join() !== twin.shape.join())
      return filled(node, constant, twin, run, added);
    return isSame(constant.numbers, twin.numbers) ? node : refuse(FREE, node);
  }
  let attrs: JsonObject = node.attrs;
  const inputs = node.inputs.map((input, place) => {
    const twin = other.inputs[place];
    if (typeof input === "string" || twin === undefined || typeof twin === "string") return input;
    const places = differing(input.numbers, twin.numbers);
    if (places.length === 0) return input;
    if (node.op === "StridedSlice" && place === 2) {
      attrs = { ...attrs, end_mask: attr.int(places.reduce((mask, axis) => mask + 2 ** axis, 0)) };
      return input;
    }
    const sliceSize = node.op === "Slice" && place === 2;
    if (sliceSize || (node.op === "Reshape" && places.length === 1)) return free(input, places);
    const batchFirst = places.length === 1 && places[0] === 0;
    if (node.op === "Conv2DBackpropInput" && place === 0 && batchFirst) {
      const gradient = node.inputs[2];
      if (typeof gradient === "string") return batchAndRest(node, gradient, input.numbers, added);
    }
    return refuse(FREE, node);
  });
  return { ...node, inputs, attrs };
}

/** Equal numbers for each sample, such as the first state of a recurrent layer. */
function filled(
  node: RecordedNode,
  constant: Required<NumberList>,
  twin: Required<NumberList>,
  { inputs }: Recording,
  added: RecordedNode[],
): RecordedNode {
  const [value = 0] = constant.numbers;
  const places = differing(constant.shape, twin.shape);
  const uniform = [...constant.numbers, ...twin.numbers].every((number) => number === value);
  const [input] = inputs;
  const perSample =
    places.length === 1 &&
    places[0] === 0 &&
    constant.shape[0] === FIRST_BATCH &&
    twin.shape[0] === SECOND_BATCH;
  if (!uniform || !perSample || input === undefined) return refuse(FREE, node);
  const dims = batchAndRest(node, input, constant.shape, added);
  const number = { numbers: [value], shape: [], dtype: constant.dtype };
  return { name: node.name, op: "Fill", inputs: [dims, number], attrs: {} };
}

/** Batch sizes of the two runs: no other size of a model is likely to be both. */
export const FIRST_BATCH = 2;
export const SECOND_BATCH = 3;

/** A shape whose first size is that of another tensor; its nodes come before the one that needs it. */
function batchAndRest(
  node: RecordedNode,
  source: string,
  shape: readonly number[],
  added: RecordedNode[],
): string {
  const name = (step: string): string => `${node.name}/${step}`;
  const zero = { numbers: [0] };
  const masks = {
    begin_mask: attr.int(0),
    end_mask: attr.int(0),
    new_axis_mask: attr.int(0),
    ellipsis_mask: attr.int(0),
    shrink_axis_mask: attr.int(0),
  };
  added.push(
    { name: name("shape"), op: "Shape", inputs: [source], attrs: {} },
    {
      name: name("batch"),
      op: "StridedSlice",
      inputs: [name("shape"), zero, { numbers: [1] }, { numbers: [1] }],
      attrs: masks,
    },
    {
      name: name("dims"),
      op: "ConcatV2",
      inputs: [name("batch"), { numbers: shape.slice(1) }, { numbers: [0], shape: [] }],
      attrs: { N: attr.int(2) },
    },
  );
  return name("dims");
}

function free(input: NumberList, places: readonly number[]): NumberList {
  return {
    ...input,
    numbers: input.numbers.map((number, i) => (places.includes(i) ? -1 : number)),
  };
}

function differing(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) return a.map((_, place) => place);
  return a.flatMap((number, place) => (number === b[place] ? [] : [place]));
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && differing(a, b).length === 0;
}

/** Leaves out what nothing needs. */
function usedNodes(
  nodes: readonly RecordedNode[],
  ends: readonly string[],
): readonly RecordedNode[] {
  const used = new Set(ends);
  const kept = [...nodes].reverse().filter(({ name, inputs }) => {
    if (!used.has(name)) return false;
    for (const input of inputs) if (typeof input === "string") used.add(input.split(":")[0] ?? "");
    return true;
  });
  return kept.reverse();
}

function refuse(why: string, node: RecordedNode | undefined): never {
  const layer = node?.name.split("/").slice(0, -1).join("/");
  return fail("unsupported", `${why}.`, {
    ...(layer === undefined || layer === "" ? {} : { at: { layer } }),
    hint: "State the size: --input-shape",
  });
}

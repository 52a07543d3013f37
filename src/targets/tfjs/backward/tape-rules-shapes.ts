import {
  cast,
  concat,
  mul,
  pad,
  type Rank,
  reshape,
  reverse,
  slice,
  slice_util,
  stack,
  sub,
  sum,
  type Tensor,
  transpose,
  unsortedSegmentSum,
  unstack,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { tensorAt } from "../forward.ts";
import { sizeAt } from "../rank.ts";
import { onlyOne, type TapeEntry, type TapeRule } from "./tape-rule.ts";
import { interleave } from "./taps.ts";

/** Kernels that put numbers elsewhere. */
export function shapeRules(): Readonly<Record<string, TapeEntry>> {
  return { ...movingRules(), ...joiningRules() };
}

function movingRules(): Readonly<Record<string, TapeEntry>> {
  return {
    Identity: entry("x", (dy) => dy),
    Cast: entry("x", (dy) => cast(dy, "float32")),
    Reshape: entry("x", (dy, x) => reshape(dy, x.shape)),
    ExpandDims: entry("input", (dy, x) => reshape(dy, x.shape)),
    Transpose: entry("x", (dy, _, perm) => {
      const order = numbersOf(perm("perm"));
      return transpose(
        dy,
        order.map((_, axis) => order.indexOf(axis)),
      );
    }),
    Slice: entry("x", (dy, x, read) => {
      const [begin] = slice_util.parseSliceParams(
        x,
        numbersOf(read("begin")),
        numbersOf(read("size")),
      );
      return placed(dy, x, begin ?? []);
    }),
    StridedSlice: entry("x", (dy, x, read) => {
      const steps = numbersOf(read("strides"));
      const apart = steps.reduce((y, step, axis) => interleave(y, axis, step), dy);
      return placed(apart, x, numbersOf(read("begin")));
    }),
    PadV2: entry("x", (dy, x, read) => {
      const before = pairsOf(read("paddings")).map(([first]) => first);
      return slice(dy, before, x.shape);
    }),
    Reverse: entry("x", (dy, _, read) => reverse(dy, numbersOf(read("dims")))),
    Tile: entry("x", (dy, x, read) => {
      const repeats = numbersOf(read("reps"));
      const apart = reshape(
        dy,
        x.shape.flatMap((size, axis) => [repeats[axis] ?? 1, size]),
      );
      return sum(
        apart,
        x.shape.map((_, axis) => 2 * axis),
      );
    }),
  };
}

/** Kernels that choose numbers, or join and part tensors. */
function joiningRules(): Readonly<Record<string, TapeEntry>> {
  return {
    Softmax: {
      reads: [],
      output: true,
      rule: (dy, { outputs }) => ({
        logits: () => throughSoftmax(onlyOne(dy), tensorAt(outputs, 0)),
      }),
    },
    GatherV2: { reads: ["x", "indices"], rule: throughGather },
    Select: { reads: ["condition"], rule: throughSelect },
    Concat: { reads: "all", rule: throughConcat },
    SplitV: {
      reads: [],
      rule: (dy, _, attributes) => ({ x: () => concat([...dy], axisOf(attributes)) }),
    },
    Pack: {
      reads: "all",
      rule: (dy, _, attributes) => {
        const parts = unstack(onlyOne(dy), axisOf(attributes));
        return Object.fromEntries(parts.map((part, index) => [index, () => part]));
      },
    },
    Unpack: {
      reads: [],
      rule: (dy, _, attributes) => ({ value: () => stack([...dy], axisOf(attributes)) }),
    },
  };
}

type Back = (dy: Tensor, x: Tensor, read: (name: string) => unknown) => Tensor;

function entry(input: string, back: Back): TapeEntry {
  return {
    reads: [input],
    rule: (dy, { inputs }, attributes) => ({
      [input]: () => back(onlyOne(dy), tensorAt(inputs, 0), (name) => attributes[name]),
    }),
  };
}

/** A part where it was cut from, zeros elsewhere. */
function placed(part: Tensor, x: Tensor, begin: readonly number[]): Tensor {
  return pad(
    part,
    x.shape.map((size, axis): [number, number] => {
      const before = begin[axis] ?? 0;
      return [before, size - before - sizeAt(part, axis)];
    }),
  );
}

function throughSoftmax(dy: Tensor, y: Tensor): Tensor {
  return mul(y, sub(dy, sum(mul(dy, y), -1, true)));
}

/** What was taken several times gets the sum. */
const throughGather: TapeRule = (gradient, { inputs }, attributes) => {
  const [dy, x, indices] = [onlyOne(gradient), tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const axis = axisOf(attributes);
  const [lead, rest] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const back = (): Tensor => {
    const flat = reshape(dy, [product(lead), indices.size, product(rest)]);
    const rows = reshape(transpose(flat, [1, 0, 2]), [indices.size, -1]);
    const sums = unsortedSegmentSum(rows, reshape<Rank.R1>(indices, [-1]), sizeAt(x, axis));
    const apart = reshape(sums, [sizeAt(x, axis), product(lead), product(rest)]);
    return reshape(transpose(apart, [1, 0, 2]), x.shape);
  };
  return { x: back };
};

const throughSelect: TapeRule = (gradient, { inputs }) => {
  const [dy, condition] = [onlyOne(gradient), tensorAt(inputs, 0)];
  return {
    condition: () => cast(zerosLike(condition), "float32"),
    t: () => where(condition, dy, zerosLike(dy)),
    e: () => where(condition, zerosLike(dy), dy),
  };
};

const throughConcat: TapeRule = (gradient, { inputs }, attributes) => {
  const axis = axisOf(attributes);
  let start = 0;
  const parts = inputs.map(({ shape }) => {
    const begin = shape.map((_, at) => (at === axis ? start : 0));
    start += shape[axis] ?? 0;
    return (): Tensor => slice(onlyOne(gradient), begin, shape);
  });
  return Object.fromEntries(parts.entries());
};

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function axisOf(attributes: object): number {
  return Number(Reflect.get(attributes, "axis"));
}

function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value.map(Number) : fail("internal", "Numbers are missing.");
}

function pairsOf(value: unknown): readonly (readonly [number, number])[] {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  return rows.map((row) => {
    const [first = 0, second = 0] = numbersOf(row);
    return [first, second] as const;
  });
}

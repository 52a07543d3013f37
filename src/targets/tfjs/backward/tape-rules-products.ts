import { conv2d, matMul, type Tensor, transpose } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import { tensorAt } from "../forward.ts";
import { fourAxes, pair } from "../rank.ts";
import { convGradients } from "./conv.ts";
import { onlyOne, type TapeEntry, type TapeRule } from "./tape-rule.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** Products of matrices and convolutions. */
export function productRules(): Readonly<Record<string, TapeEntry>> {
  return {
    BatchMatMul: { reads: ["a", "b"], rule: throughProduct },
    Conv2D: { reads: ["x", "filter"], rule: throughConvolution },
    Conv3D: { reads: ["x", "filter"], rule: throughConvolution },
    Conv2DBackpropInput: { reads: ["dy", "filter"], rule: throughTransposed },
  };
}

/** Matrices are turned explicitly: the wasm kernel is many times slower when it turns them. */
const throughProduct: TapeRule = (gradient, { inputs }, { transposeA, transposeB }) => {
  const [dy, a, b] = [onlyOne(gradient), tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const [left, right] = [transposeA === true ? turned(a) : a, transposeB === true ? turned(b) : b];
  const back = (x: Tensor, isTurned: unknown, of: Tensor): Tensor =>
    unbroadcast(isTurned === true ? turned(x) : x, of.shape);
  return {
    a: () => back(matMul(dy, turned(right)), transposeA, a),
    b: () => back(matMul(turned(left), dy), transposeB, b),
  };
};

const throughConvolution: TapeRule = (gradient, { inputs }, attributes) => {
  const operands = [tensorAt(inputs, 0), onlyOne(gradient), tensorAt(inputs, 1)] as const;
  const window = windowOf(attributes, operands[0].rank - 2);
  return {
    x: () => made(convGradients(window, INPUT, operands).input),
    filter: () => made(convGradients(window, KERNEL, operands).kernel),
  };
};

/** The convolution that this is the gradient of. */
const throughTransposed: TapeRule = (gradient, { inputs }, attributes) => {
  const [above, dy, filter] = [onlyOne(gradient), tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const window = windowOf(attributes, 2);
  const strides = pair(window.strides, 1);
  return {
    dy: () => conv2d(fourAxes(above), fourAxes(filter), strides, window.padding),
    filter: () => made(convGradients(window, KERNEL, [above, dy, filter]).kernel),
  };
};

const INPUT = { wants: () => true, wantsWeights: false };
const KERNEL = { wants: () => false, wantsWeights: true };

function windowOf(
  attributes: object,
  rank: number,
): {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "same" | "valid";
} {
  const spatial = (name: string): readonly number[] => {
    const stated: unknown = Reflect.get(attributes, name) ?? 1;
    const numbers = Array.isArray(stated) ? stated.map(Number) : [Number(stated)];
    return Array.from({ length: rank }, (_, axis) => numbers[axis] ?? numbers[0] ?? 1);
  };
  const pad: unknown = Reflect.get(attributes, "pad");
  if (pad !== "same" && pad !== "valid") return fail("internal", `The padding is ${pad}.`);
  return { strides: spatial("strides"), dilations: spatial("dilations"), padding: pad };
}

function turned(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function made(found: Tensor | undefined): Tensor {
  return found ?? fail("internal", "A gradient was not made.");
}

import {
  abs,
  add,
  clipByValue,
  div,
  greater,
  greaterEqual,
  mul,
  neg,
  relu,
  sign,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { RareActivation } from "../../ir/ops/activation.ts";

/** The value of one of them. */
export function rarely(f: RareActivation, x: Tensor): Tensor {
  switch (f.fn) {
    case "mish":
      return mul(x, tanh(softplus(x)));
    case "logSigmoid":
      return neg(softplus(neg(x)));
    case "softShrink":
      return mul(sign(x), relu(sub(abs(x), f.threshold)));
    case "hardShrink":
      return where(greater(abs(x), f.threshold), x, zerosLike(x));
    case "tanhShrink":
      return sub(x, tanh(x));
    case "squareplus":
      return mul(add(x, sqrt(add(square(x), f.b))), 0.5);
    case "sparsePlus":
      return where(greaterEqual(x, 1), x, mul(square(relu(add(x, 1))), 0.25));
    case "sparseSigmoid":
      return clipByValue(div(add(x, 1), 2), 0, 1);
    case "threshold":
      return where(greater(x, f.threshold), x, add(zerosLike(x), f.value));
  }
}

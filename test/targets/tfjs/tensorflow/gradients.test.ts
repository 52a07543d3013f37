import { scalar, setBackend, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import type { Window } from "../../../../src/ir/ops/window.ts";
import { type Sliding, slidingOf } from "../../../../src/targets/tfjs/backward/sliding.ts";
import { tensorflowKernels } from "../../../../src/targets/tfjs/tensorflow/gradients.ts";
import {
  type OpAttributes,
  type TensorFlowOps,
  tensorflowOps,
} from "../../../../src/targets/tfjs/tensorflow/operations.ts";

interface Call {
  readonly op: string;
  readonly shapes: readonly (readonly number[])[];
  readonly attributes: OpAttributes;
}

/** Operations that only write down what they are asked. What they compute is tried by `npm run check:tfjs-node`. */
function listening(): readonly [TensorFlowOps, Call[]] {
  const calls: Call[] = [];
  const many: TensorFlowOps["many"] = (op, inputs, attributes, count) => {
    calls.push({ op, shapes: inputs.map((one) => one.shape), attributes });
    return Array.from({ length: count }, () => scalar(0));
  };
  return [{ many, one: (...asked) => many(...asked, 1)[0] ?? scalar(0) }, calls];
}

function sliding(window: Partial<Window>, x: readonly number[], y: readonly number[]): Sliding {
  const size = [3, 3];
  const whole: Window = { size, strides: [1, 1], dilations: [1, 1], padding: "valid", ...window };
  const found = slidingOf(whole, zeros([...x]), zeros([...y]));
  if (found === undefined) throw new Error("it does not slide");
  return found;
}

function asked(f: (kernels: ReturnType<typeof tensorflowKernels>) => Tensor | undefined): Call[] {
  const [ops, calls] = listening();
  tidy(() => {
    f(tensorflowKernels(ops));
  });
  return calls;
}

describe("the gradient kernels of TensorFlow", () => {
  beforeAll(async () => {
    await setBackend("cpu");
  });

  it.each([
    ["VALID", "valid", [1, 1], [2, 6, 7, 2], [2, 4, 5, 4]],
    ["SAME", "same", [2, 2], [2, 6, 7, 2], [2, 3, 4, 4]],
    ["SAME", "same", [1, 1], [2, 6, 7, 2], [2, 6, 7, 4]],
  ] as const)("are asked with padding %s", (expected, padding, strides, x, y) => {
    const window = sliding({ padding, strides }, x, y);
    const [call] = asked(({ convFilter }) => convFilter?.(zeros([...x]), zeros([...y]), window));
    expect(call?.op).toBe("Conv2DBackpropFilter");
    expect(call?.attributes.padding).toBe(expected);
    expect(call?.attributes.strides).toEqual([1, ...strides, 1]);
  });

  it("are told borders that are neither none nor those of same", () => {
    const padding = [
      [1, 1],
      [0, 2],
    ] as const;
    const window = sliding({ padding, strides: [2, 2] }, [2, 6, 7, 2], [2, 3, 4, 4]);
    const [call] = asked(({ convInput }) =>
      convInput?.(zeros([2, 3, 4, 4]), zeros([3, 3, 2, 4]), window),
    );
    expect(call?.attributes.padding).toBe("EXPLICIT");
    expect(call?.attributes.explicit_paddings).toEqual([0, 0, 1, 1, 0, 2, 0, 0]);
  });

  it("see a sequence as a row, with any stride along the other axis", () => {
    const own = { size: [3], strides: [2], dilations: [1] };
    const window = sliding(own, [2, 7, 3], [2, 3, 6]);
    const [call] = asked(({ depthwiseFilter }) =>
      depthwiseFilter?.(zeros([2, 7, 3]), zeros([2, 3, 6]), window),
    );
    expect(call?.op).toBe("DepthwiseConv2dNativeBackpropFilter");
    expect(call?.shapes).toEqual([[2, 1, 7, 3], [4], [2, 1, 3, 6]]);
    expect(call?.attributes.strides).toEqual([1, 2, 2, 1]);
  });

  it("refuse what TensorFlow does not know on processors", () => {
    const [x, y] = [zeros([2, 9, 9, 2]), zeros([2, 5, 5, 2])];
    const dilated = sliding({ dilations: [2, 2] }, x.shape, y.shape);
    const uneven = sliding({ strides: [1, 2] }, x.shape, y.shape);
    const odd = sliding(
      {
        padding: [
          [2, 0],
          [0, 0],
        ],
      },
      x.shape,
      y.shape,
    );
    const calls = asked(({ convFilter, depthwiseFilter, averageInput, relu }) => {
      expect(convFilter?.(x, y, dilated)).toBeUndefined();
      expect(depthwiseFilter?.(x, y, uneven)).toBeUndefined();
      expect(averageInput?.(y, odd)).toBeUndefined();
      expect(relu?.(x, x, 5)).toBeUndefined();
      return undefined;
    });
    expect(calls).toEqual([]);
  });
});

it("are not there on other backends", async () => {
  await setBackend("cpu");
  expect(tensorflowOps()).toBeUndefined();
});

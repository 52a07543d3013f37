import { describe } from "vitest";
import type { ConvOp, ConvTransposeOp, Padding } from "../../../src/ir/ops/conv.ts";
import { type Add, weight } from "./build-graph.ts";
import { testGraph } from "./equivalence.ts";

const last = { layout: "channels-last" } as const;
const bias = (size: number) => weight("bias", [size]);

function conv(
  add: Add,
  x: string,
  kernel: readonly number[],
  rest: Partial<Omit<ConvOp, "kind" | "weights">> = {},
): string {
  const rank = kernel.length - 2;
  const ones = new Array<number>(rank).fill(1);
  const weights = { kernel: weight("kernel", kernel), bias: bias(kernel.at(-1) ?? 0) };
  const plain = { strides: ones, dilations: ones, padding: "valid", groups: 1, ...last } as const;
  return add({ kind: "conv", ...plain, ...rest, weights }, x);
}

describe("convolutions of pictures", () => {
  const paddings: readonly Padding[] = [
    "valid",
    "same",
    [
      [1, 0],
      [2, 1],
    ],
  ];
  for (const padding of paddings) {
    for (const strides of [
      [1, 1],
      [2, 1],
      [3, 2],
    ]) {
      testGraph(
        `padding ${JSON.stringify(padding)}, strides ${strides.join()}`,
        [[7, 8, 3]],
        (add, x) => conv(add, x, [3, 2, 3, 4], { padding, strides }),
        { version: 1, layers: ["convolution"] },
      );
    }
  }
  testGraph("dilations with same padding", [[9, 8, 2]], (add, x) =>
    conv(add, x, [3, 2, 2, 4], { padding: "same", dilations: [2, 3] }),
  );
  testGraph("groups", [[5, 5, 4]], (add, x) => conv(add, x, [3, 3, 2, 6], { groups: 2 }));
  testGraph(
    "channels first stay as they are",
    [[3, 6, 5]],
    (add, x) => conv(add, x, [3, 3, 3, 4], { layout: "channels-first" }),
    { layers: ["convolution"] },
  );
  testGraph("free sizes", [[null, null, 3]], (add, x) => conv(add, x, [3, 3, 3, 4]), {
    version: 3,
    free: 9,
  });
});

describe("convolutions of sequences", () => {
  const permuted = ["permute", "convolution", "permute"];
  testGraph("valid", [[8, 3]], (add, x) => conv(add, x, [3, 3, 4], { strides: [2] }), {
    version: 1,
    layers: permuted,
  });
  testGraph("same", [[8, 3]], (add, x) => conv(add, x, [4, 3, 4], { padding: "same" }));
  testGraph(
    "causal and dilated",
    [[9, 3]],
    (add, x) => conv(add, x, [3, 3, 4], { padding: "causal", dilations: [2] }),
    { layers: ["permute", "padding", "convolution", "permute"] },
  );
  testGraph(
    "one after another, moved once",
    [[12, 3]],
    (add, x) => conv(add, conv(add, x, [3, 3, 4]), [3, 4, 2]),
    { layers: ["permute", "convolution", "convolution", "permute"] },
  );
  testGraph("channels first", [[3, 8]], (add, x) =>
    conv(add, x, [3, 3, 4], { layout: "channels-first" }),
  );
});

describe("convolutions of volumes", () => {
  testGraph("valid", [[5, 6, 4, 2]], (add, x) => conv(add, x, [3, 2, 2, 2, 3]), { version: 5 });
  testGraph("same with strides", [[5, 6, 4, 2]], (add, x) =>
    conv(add, x, [3, 2, 2, 2, 3], { padding: "same", strides: [2, 1, 2] }),
  );
  testGraph("amounts of padding", [[5, 6, 4, 2]], (add, x) =>
    conv(add, x, [3, 2, 2, 2, 3], {
      padding: [
        [1, 0],
        [0, 1],
        [2, 1],
      ],
    }),
  );
  testGraph("dilations and groups", [[6, 6, 6, 4]], (add, x) =>
    conv(add, x, [2, 2, 2, 2, 4], { dilations: [2, 2, 2], groups: 2 }),
  );
  testGraph("channels first", [[2, 5, 6, 4]], (add, x) =>
    conv(add, x, [3, 2, 2, 2, 3], { layout: "channels-first" }),
  );
  testGraph(
    "a time axis that the window passes over is no third axis",
    [[3, 6, 5, 2]],
    (add, x) => conv(add, x, [1, 3, 3, 2, 4]),
    { version: 1, layers: ["convolution"] },
  );
});

describe("depthwise convolutions", () => {
  const depthwise = (add: Add, x: string, kernel: readonly number[], padding: Padding) => {
    const rank = kernel.length - 2;
    const strides = new Array<number>(rank).fill(2);
    const dilations = new Array<number>(rank).fill(1);
    const channels = (kernel[rank] ?? 0) * (kernel[rank + 1] ?? 0);
    const weights = { kernel: weight("kernel", kernel), bias: bias(channels) };
    return add({ kind: "depthwiseConv", strides, dilations, padding, ...last, weights }, x);
  };
  testGraph("of a picture", [[7, 6, 3]], (add, x) => depthwise(add, x, [3, 3, 3, 2], "same"), {
    layers: ["convolution"],
  });
  testGraph("of a sequence", [[7, 3]], (add, x) => depthwise(add, x, [3, 3, 2], "valid"));
});

describe("transposed convolutions", () => {
  const transpose = (
    add: Add,
    x: string,
    kernel: readonly number[],
    rest: Partial<Omit<ConvTransposeOp, "kind" | "weights">>,
  ) => {
    const ones = new Array<number>(kernel.length - 2).fill(1);
    const weights = { kernel: weight("kernel", kernel), bias: bias(kernel.at(-2) ?? 0) };
    const plain = { strides: ones, dilations: ones, padding: "valid", ...last } as const;
    return add({ kind: "convTranspose", ...plain, ...rest, weights }, x);
  };
  for (const padding of ["valid", "same"] as const) {
    for (const [size, stride] of [
      [3, 1],
      [3, 2],
      [2, 2],
      [4, 2],
      [2, 3],
      [5, 3],
    ] as const) {
      testGraph(`${padding}, kernel ${size}, stride ${stride}`, [[4, 5, 2]], (add, x) =>
        transpose(add, x, [size, size, 3, 2], { padding, strides: [stride, stride] }),
      );
      testGraph(`${padding}, kernel ${size}, stride ${stride}, of a sequence`, [[5, 2]], (add, x) =>
        transpose(add, x, [size, 3, 2], { padding, strides: [stride] }),
      );
    }
    for (const outputPadding of [
      [0, 0],
      [1, 1],
      [1, 0],
    ]) {
      testGraph(`${padding} with output padding ${outputPadding.join()}`, [[4, 5, 2]], (add, x) =>
        transpose(add, x, [3, 3, 3, 2], { padding, strides: [2, 2], outputPadding }),
      );
    }
    testGraph(`${padding}, dilated`, [[4, 5, 2]], (add, x) =>
      transpose(add, x, [3, 2, 3, 2], { padding, dilations: [2, 3] }),
    );
    testGraph(`${padding}, of a volume`, [[3, 4, 3, 2]], (add, x) =>
      transpose(add, x, [3, 3, 2, 3, 2], { padding, strides: [2, 2, 2] }),
    );
  }
  testGraph("free sizes", [[null, null, 2]], (add, x) =>
    transpose(add, x, [3, 3, 3, 2], { padding: "same", strides: [2, 2] }),
  );
});

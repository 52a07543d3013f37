import type { JsonObject } from "../json.ts";
import { activate, conv, dense, norm, pad, pool, poolAll, sum } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop, topName } from "./settings.ts";

/** Which ResNet. */
export interface ResNetKind {
  readonly name: string;
  /** Blocks in each of the four stacks. */
  readonly blocks: readonly [number, number, number, number];
  /** Whether blocks normalise before they convolve. */
  readonly version: 1 | 2;
}

/** ResNet of either version. @see keras/src/applications/resnet.py (2.15, 3) */
export function resNet(settings: ArchitectureSettings, kind: ResNetKind): JsonObject {
  const { name, blocks, version } = kind;
  const network = createNetwork();
  let x: Tensor = pad(network, network.input(settings.inputShape), around(3), "conv1_pad");
  x = conv(network, x, { filters: 64, kernel: 7, strides: 2, name: "conv1_conv" });
  if (version === 1) {
    x = activate(network, normed(network, x, "conv1_bn"), "conv1_relu");
  }
  x = pad(network, x, around(1), "pool1_pad");
  x = pool(network, x, { className: "MaxPooling2D", window: 3, strides: 2, name: "pool1_pool" });
  for (const [index, count] of blocks.entries()) {
    const stack = { name: `conv${index + 2}`, filters: 64 * 2 ** index, count };
    x = version === 1 ? stackV1(network, x, stack) : stackV2(network, x, stack);
  }
  if (version === 2) x = activate(network, normed(network, x, "post_bn"), "post_relu");
  if (!settings.includeTop) {
    const names = { avg: "avg_pool", max: "max_pool" };
    return network.finish(name, poolTop(network, x, settings, names));
  }
  const pooled = poolAll(network, x, { by: "average", name: "avg_pool" });
  const { classes: units, classifierActivation: activation } = settings;
  const top = topName(settings, "predictions", "probs");
  return network.finish(name, dense(network, pooled, { units, name: top, activation }));
}

interface Stack {
  readonly name: string;
  readonly filters: number;
  readonly count: number;
}

function stackV1(network: Network, input: Tensor, { name, filters, count }: Stack): Tensor {
  let x = input;
  for (let index = 1; index <= count; index++) {
    // The first stack comes behind a pooling that shrinks already.
    const strides = index === 1 && name !== "conv2" ? 2 : 1;
    x = blockV1(network, x, {
      name: `${name}_block${index}`,
      filters,
      strides,
      first: index === 1,
    });
  }
  return x;
}

interface Block {
  readonly name: string;
  readonly filters: number;
  readonly strides: 1 | 2;
  /** Whether its shortcut is convolved. */
  readonly first: boolean;
}

function blockV1(
  network: Network,
  input: Tensor,
  { name, filters, strides, first }: Block,
): Tensor {
  const wide = { filters: 4 * filters, kernel: 1 };
  const short = first
    ? normed(
        network,
        conv(network, input, { ...wide, strides, name: `${name}_0_conv` }),
        `${name}_0_bn`,
      )
    : input;
  let x = conv(network, input, { filters, kernel: 1, strides, name: `${name}_1_conv` });
  x = activate(network, normed(network, x, `${name}_1_bn`), `${name}_1_relu`);
  x = conv(network, x, { filters, kernel: 3, padding: "same", name: `${name}_2_conv` });
  x = activate(network, normed(network, x, `${name}_2_bn`), `${name}_2_relu`);
  x = normed(network, conv(network, x, { ...wide, name: `${name}_3_conv` }), `${name}_3_bn`);
  return activate(network, sum(network, short, x, `${name}_add`), `${name}_out`);
}

function stackV2(network: Network, input: Tensor, { name, filters, count }: Stack): Tensor {
  let x = input;
  for (let index = 1; index <= count; index++) {
    const strides = index === count && name !== "conv5" ? 2 : 1;
    x = blockV2(network, x, {
      name: `${name}_block${index}`,
      filters,
      strides,
      first: index === 1,
    });
  }
  return x;
}

function blockV2(
  network: Network,
  input: Tensor,
  { name, filters, strides, first }: Block,
): Tensor {
  const wide = { filters: 4 * filters, kernel: 1 };
  const ready = activate(
    network,
    normed(network, input, `${name}_preact_bn`),
    `${name}_preact_relu`,
  );
  const short = first
    ? conv(network, ready, { ...wide, strides, name: `${name}_0_conv` })
    : strides === 1
      ? input
      : pool(network, input, { className: "MaxPooling2D", window: 1, strides });
  let x = conv(network, ready, { filters, kernel: 1, useBias: false, name: `${name}_1_conv` });
  x = activate(network, normed(network, x, `${name}_1_bn`), `${name}_1_relu`);
  x = pad(network, x, around(1), `${name}_2_pad`);
  x = conv(network, x, { filters, kernel: 3, strides, useBias: false, name: `${name}_2_conv` });
  x = activate(network, normed(network, x, `${name}_2_bn`), `${name}_2_relu`);
  x = conv(network, x, { ...wide, name: `${name}_3_conv` });
  return sum(network, short, x, `${name}_out`);
}

function normed(network: Network, input: Tensor, name: string): Tensor {
  return norm(network, input, { name, epsilon: 1.001e-5 });
}

function around(width: number) {
  return [
    [width, width],
    [width, width],
  ] as const;
}

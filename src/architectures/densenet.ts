import type { JsonObject } from "../json.ts";
import { activate, concat, conv, dense, norm, pad, pool, poolAll } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop, topName } from "./settings.ts";

/** DenseNet, by the blocks in each of its four parts. @see keras/src/applications/densenet.py (2.15, 3) */
export function denseNet(
  settings: ArchitectureSettings,
  { name, blocks }: { readonly name: string; readonly blocks: readonly number[] },
): JsonObject {
  const network = createNetwork();
  let x: Tensor = pad(network, network.input(settings.inputShape), around(3));
  x = conv(network, x, { filters: 64, kernel: 7, strides: 2, useBias: false, name: "conv1/conv" });
  x = pad(network, activeNorm(network, x, "conv1/bn", "conv1/relu"), around(1));
  x = pool(network, x, { className: "MaxPooling2D", window: 3, strides: 2, name: "pool1" });
  for (const [index, count] of blocks.entries()) {
    for (let block = 1; block <= count; block++) {
      x = grow(network, x, `conv${index + 2}_block${block}`);
    }
    if (index < blocks.length - 1) x = halve(network, x, `pool${index + 2}`);
  }
  x = activeNorm(network, x, "bn", "relu");
  if (!settings.includeTop) {
    const names = { avg: "avg_pool", max: "max_pool" };
    return network.finish(name, poolTop(network, x, settings, names));
  }
  const pooled = poolAll(network, x, { by: "average", name: "avg_pool" });
  const { classes: units, classifierActivation: activation } = settings;
  const top = topName(settings, "predictions", "fc1000");
  return network.finish(name, dense(network, pooled, { units, name: top, activation }));
}

/** Channels that each block adds. */
const GROWTH = 32;

function grow(network: Network, input: Tensor, name: string): Tensor {
  const plain = { useBias: false } as const;
  let x = activeNorm(network, input, `${name}_0_bn`, `${name}_0_relu`);
  x = conv(network, x, { ...plain, filters: 4 * GROWTH, kernel: 1, name: `${name}_1_conv` });
  x = activeNorm(network, x, `${name}_1_bn`, `${name}_1_relu`);
  const same = { ...plain, padding: "same" } as const;
  x = conv(network, x, { ...same, filters: GROWTH, kernel: 3, name: `${name}_2_conv` });
  return concat(network, input, x, `${name}_concat`);
}

function halve(network: Network, input: Tensor, name: string): Tensor {
  const x = activeNorm(network, input, `${name}_bn`, `${name}_relu`);
  const filters = Math.trunc(input.channels / 2);
  const less = conv(network, x, { filters, kernel: 1, useBias: false, name: `${name}_conv` });
  return pool(network, less, {
    className: "AveragePooling2D",
    window: 2,
    strides: 2,
    name: `${name}_pool`,
  });
}

function activeNorm(network: Network, input: Tensor, name: string, active: string): Tensor {
  return activate(network, norm(network, input, { name, epsilon: 1.001e-5 }), active);
}

function around(width: number) {
  return [
    [width, width],
    [width, width],
  ] as const;
}

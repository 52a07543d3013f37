import type { JsonObject } from "../json.ts";
import { activate, conv, dense, norm, pool, poolAll, separable, sum } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop } from "./settings.ts";

/** Xception. @see keras/src/applications/xception.py (2.15, 3) */
export function xception(settings: ArchitectureSettings): JsonObject {
  const network = createNetwork();
  let x: Tensor = network.input(settings.inputShape);
  x = conv(network, x, {
    filters: 32,
    kernel: 3,
    strides: 2,
    useBias: false,
    name: "block1_conv1",
  });
  x = activeNorm(network, x, "block1_conv1");
  x = conv(network, x, { filters: 64, kernel: 3, useBias: false, name: "block1_conv2" });
  x = activeNorm(network, x, "block1_conv2");
  x = shrink(network, x, { block: 2, filters: [128, 128] });
  x = shrink(network, x, { block: 3, filters: [256, 256] });
  x = shrink(network, x, { block: 4, filters: [728, 728] });
  for (let block = 5; block <= 12; block++) {
    const changed = separated(network, x, { block, filters: [728, 728, 728] });
    x = sum(network, changed, x);
  }
  x = shrink(network, x, { block: 13, filters: [728, 1024] });
  for (const [index, filters] of [1536, 2048].entries()) {
    const name = `block14_sepconv${index + 1}`;
    x = separable(network, x, { filters, kernel: 3, padding: "same", useBias: false, name });
    x = activeNorm(network, x, name);
  }
  if (!settings.includeTop) return network.finish("xception", poolTop(network, x, settings));
  const pooled = poolAll(network, x, { by: "average", name: "avg_pool" });
  const { classes: units, classifierActivation: activation } = settings;
  return network.finish(
    "xception",
    dense(network, pooled, { units, name: "predictions", activation }),
  );
}

interface Block {
  readonly block: number;
  readonly filters: readonly number[];
}

/** Separable convolutions with a pooling behind, and a shortcut of strides 2. */
function shrink(network: Network, input: Tensor, block: Block): Tensor {
  const filters = block.filters.at(-1) ?? 0;
  const strided = { kernel: 1, strides: 2, padding: "same", useBias: false } as const;
  const short = norm(network, conv(network, input, { ...strided, filters }));
  const changed = separated(network, input, block);
  const pooled = pool(network, changed, {
    className: "MaxPooling2D",
    window: 3,
    strides: 2,
    padding: "same",
    name: `block${block.block}_pool`,
  });
  return sum(network, pooled, short);
}

function separated(network: Network, input: Tensor, { block, filters }: Block): Tensor {
  let x = input;
  for (const [index, count] of filters.entries()) {
    const name = `block${block}_sepconv${index + 1}`;
    // Behind the first two convolutions there is an activation already.
    if (block > 2 || index > 0) x = activate(network, x, `${name}_act`);
    const options = { filters: count, kernel: 3, padding: "same", useBias: false, name } as const;
    x = norm(network, separable(network, x, options), { name: `${name}_bn` });
  }
  return x;
}

function activeNorm(network: Network, input: Tensor, name: string): Tensor {
  return activate(network, norm(network, input, { name: `${name}_bn` }), `${name}_act`);
}

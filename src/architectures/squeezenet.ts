import type { JsonObject } from "../json.ts";
import { activate, concat, conv, dropout, pool, poolAll } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop } from "./settings.ts";

/** SqueezeNet v1.1. @see keras_squeezenet/squeezenet.py of the package keras-squeezenet (0.4) */
export function squeezeNet(settings: ArchitectureSettings): JsonObject {
  const network = createNetwork();
  let x: Tensor = network.input(settings.inputShape);
  x = conv(network, x, { filters: 64, kernel: 3, strides: 2, name: "conv1" });
  x = shrink(network, activate(network, x, "relu_conv1"), "pool1");
  for (const [index, [squeeze, expand]] of FIRES.entries()) {
    const id = index + 2;
    x = fire(network, x, { squeeze, expand, id });
    if (id === 3 || id === 5) x = shrink(network, x, `pool${id}`);
  }
  const end = settings.includeTop ? top(network, x, settings) : poolTop(network, x, settings);
  return network.finish("squeezenet", end);
}

/** Filters that squeeze, and each half of those that expand. */
const FIRES = [
  [16, 64],
  [16, 64],
  [32, 128],
  [32, 128],
  [48, 192],
  [48, 192],
  [64, 256],
  [64, 256],
] as const;

function shrink(network: Network, input: Tensor, name: string): Tensor {
  return pool(network, input, { className: "MaxPooling2D", window: 3, strides: 2, name });
}

function fire(
  network: Network,
  input: Tensor,
  {
    squeeze,
    expand,
    id,
  }: { readonly squeeze: number; readonly expand: number; readonly id: number },
): Tensor {
  const convolved = (from: Tensor, filters: number, kernel: 1 | 3, word: string): Tensor => {
    const name = `${word}${kernel}x${kernel}`;
    const padding = kernel === 1 ? "valid" : "same";
    const x = conv(network, from, { filters, kernel, padding, name: `fire${id}/${name}` });
    return activate(network, x, `fire${id}/relu_${name}`);
  };
  const squeezed = convolved(input, squeeze, 1, "squeeze");
  const left = convolved(squeezed, expand, 1, "expand");
  return concat(network, left, convolved(squeezed, expand, 3, "expand"), `fire${id}/concat`);
}

function top(
  network: Network,
  features: Tensor,
  { classes, dropout: rate, classifierActivation }: ArchitectureSettings,
): Tensor {
  const dropped = dropout(network, features, "drop9", rate ?? 0.5);
  const scores = conv(network, dropped, { filters: classes, kernel: 1, name: "conv10" });
  const active = activate(network, scores, "relu_conv10");
  const pooled = poolAll(network, active, { by: "average" });
  return activate(network, pooled, "loss", classifierActivation);
}

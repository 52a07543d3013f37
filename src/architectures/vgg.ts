import type { JsonObject } from "../json.ts";
import { conv, dense, pool } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop } from "./settings.ts";

/** VGG16 and VGG19. @see keras/src/applications/vgg16.py (2.15, 3) */
export function vgg(settings: ArchitectureSettings, depth: 16 | 19): JsonObject {
  const network = createNetwork();
  let x: Tensor = network.input(settings.inputShape);
  for (const [index, filters] of [64, 128, 256, 512, 512].entries()) {
    const block = `block${index + 1}`;
    const count = index < 2 ? 2 : depth === 16 ? 3 : 4;
    for (let layer = 1; layer <= count; layer++) {
      const name = `${block}_conv${layer}`;
      x = conv(network, x, { filters, kernel: 3, padding: "same", activation: "relu", name });
    }
    const name = `${block}_pool`;
    x = pool(network, x, { className: "MaxPooling2D", window: 2, strides: 2, name });
  }
  const end = settings.includeTop ? top(network, x, settings) : poolTop(network, x, settings);
  return network.finish(`vgg${depth}`, end);
}

function top(
  network: Network,
  features: Tensor,
  { classes, classifierActivation }: ArchitectureSettings,
): Tensor {
  const flat = network.add({
    className: "Flatten",
    name: "flatten",
    config: { data_format: "channels_last" },
    inputs: [features],
    size: [],
    channels: features.size.reduce<number>((size, dim) => size * (dim ?? 0), features.channels),
  });
  const first = dense(network, flat, { units: 4096, name: "fc1", activation: "relu" });
  const second = dense(network, first, { units: 4096, name: "fc2", activation: "relu" });
  const scores = { units: classes, name: "predictions", activation: classifierActivation };
  return dense(network, second, scores);
}

import type { JsonObject } from "../json.ts";
import { conv, dense, depthwise, norm, pad, poolAll, relu6, sum } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop, topName } from "./settings.ts";

/** MobileNetV2. @see keras/src/applications/mobilenet_v2.py (2.15, 3) */
export function mobileNetV2(settings: ArchitectureSettings): JsonObject {
  const { alpha, inputShape, classes, classifierActivation } = settings;
  const network = createNetwork();
  let x: Tensor = network.input(inputShape);
  const padsBefore = settings.like.has("Conv1_pad");
  if (padsBefore) x = pad(network, x, evenPadding(x), "Conv1_pad");
  x = conv(network, x, {
    filters: divisible(32 * alpha),
    kernel: 3,
    strides: 2,
    padding: padsBefore ? "valid" : "same",
    useBias: false,
    name: "Conv1",
  });
  x = relu6(network, normed(network, x, "bn_Conv1"), "Conv1_relu");
  for (const [id, [filters, stride]] of BLOCKS.entries()) {
    x = block(network, x, { filters: divisible(Math.trunc(filters * alpha)), stride, id });
  }
  // The last convolution is never narrower than the paper's.
  const filters = alpha > 1 ? divisible(1280 * alpha) : 1280;
  x = conv(network, x, { filters, kernel: 1, useBias: false, name: "Conv_1" });
  x = relu6(network, normed(network, x, "Conv_1_bn"), "out_relu");
  const name = `mobilenetv2_${alpha.toFixed(2)}_${inputShape[0] ?? "None"}`;
  if (!settings.includeTop) return network.finish(name, poolTop(network, x, settings));
  const pooled = poolAll(network, x, { by: "average" });
  const top = topName(settings, "predictions", "Logits");
  const scores = { units: classes, name: top, activation: classifierActivation };
  return network.finish(name, dense(network, pooled, scores));
}

/** Filters and strides. */
const BLOCKS = [
  [16, 1],
  [24, 2],
  [24, 1],
  [32, 2],
  [32, 1],
  [32, 1],
  [64, 2],
  [64, 1],
  [64, 1],
  [64, 1],
  [96, 1],
  [96, 1],
  [96, 1],
  [160, 2],
  [160, 1],
  [160, 1],
  [320, 1],
] as const;

function block(
  network: Network,
  input: Tensor,
  {
    filters,
    stride,
    id,
  }: { readonly filters: number; readonly stride: 1 | 2; readonly id: number },
): Tensor {
  const prefix = id === 0 ? "expanded_conv_" : `block_${id}_`;
  let x = input;
  if (id > 0) {
    const wide = {
      filters: 6 * input.channels,
      kernel: 1,
      padding: "same",
      useBias: false,
    } as const;
    x = conv(network, x, { ...wide, name: `${prefix}expand` });
    x = relu6(network, normed(network, x, `${prefix}expand_BN`), `${prefix}expand_relu`);
  }
  if (stride === 2) x = pad(network, x, evenPadding(x), `${prefix}pad`);
  x = depthwise(network, x, {
    kernel: 3,
    strides: stride,
    padding: stride === 1 ? "same" : "valid",
    useBias: false,
    name: `${prefix}depthwise`,
  });
  x = relu6(network, normed(network, x, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`);
  x = conv(network, x, {
    filters,
    kernel: 1,
    padding: "same",
    useBias: false,
    name: `${prefix}project`,
  });
  x = normed(network, x, `${prefix}project_BN`);
  const short = input.channels === filters && stride === 1;
  return short ? sum(network, input, x, `${prefix}add`) : x;
}

function normed(network: Network, input: Tensor, name: string): Tensor {
  return norm(network, input, { name, momentum: 0.999 });
}

/** What a window of 3 with strides of 2 needs. @see keras/src/applications/imagenet_utils.py `correct_pad` */
function evenPadding({ size: [height = null, width = null] }: Tensor) {
  const before = (dim: number | null): number => (height === null ? 0 : (dim ?? 0) % 2);
  return [
    [before(height), 1],
    [before(width), 1],
  ] as const;
}

/** The nearest multiple of 8 that is not more than a tenth lower. @see keras/src/applications/mobilenet_v2.py `_make_divisible` */
function divisible(filters: number): number {
  const near = Math.max(8, Math.floor((filters + 4) / 8) * 8);
  return near < 0.9 * filters ? near + 8 : near;
}

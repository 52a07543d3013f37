import type { JsonObject } from "../json.ts";
import { activate, conv, depthwise, dropout, norm, pad, poolAll, relu6 } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop } from "./settings.ts";

/** MobileNet v1. @see keras/src/applications/mobilenet.py (2.15, 3) */
export function mobileNet(settings: ArchitectureSettings): JsonObject {
  const { alpha, inputShape } = settings;
  const network = createNetwork();
  let x: Tensor = network.input(inputShape);
  // Of odd sizes this is not the same as padding inside the convolution, which came later.
  const padsBefore = settings.like.has("conv1_pad");
  if (padsBefore) x = pad(network, x, BEHIND, "conv1_pad");
  x = conv(network, x, {
    filters: Math.trunc(32 * alpha),
    kernel: 3,
    strides: 2,
    padding: padsBefore ? "valid" : "same",
    useBias: false,
    name: "conv1",
  });
  x = relu6(network, norm(network, x, { name: "conv1_bn" }), "conv1_relu");
  for (const [index, [filters, strides]] of BLOCKS.entries()) {
    x = block(network, x, settings, { filters, strides, id: index + 1 });
  }
  const name = `mobilenet_${alpha.toFixed(2)}_${inputShape[0] ?? "None"}`;
  return network.finish(
    name,
    settings.includeTop ? top(network, x, settings) : poolTop(network, x, settings),
  );
}

/** A row below and a column to the right. */
const BEHIND = [
  [0, 1],
  [0, 1],
] as const;

/** Filters and strides. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

function block(
  network: Network,
  input: Tensor,
  { alpha, depthMultiplier }: ArchitectureSettings,
  {
    filters,
    strides,
    id,
  }: { readonly filters: number; readonly strides: 1 | 2; readonly id: number },
): Tensor {
  const padded = strides === 1 ? input : pad(network, input, BEHIND, `conv_pad_${id}`);
  let x = depthwise(network, padded, {
    kernel: 3,
    depthMultiplier,
    strides,
    padding: strides === 1 ? "same" : "valid",
    useBias: false,
    name: `conv_dw_${id}`,
  });
  x = relu6(network, norm(network, x, { name: `conv_dw_${id}_bn` }), `conv_dw_${id}_relu`);
  x = conv(network, x, {
    filters: Math.trunc(filters * alpha),
    kernel: 1,
    padding: "same",
    useBias: false,
    name: `conv_pw_${id}`,
  });
  return relu6(network, norm(network, x, { name: `conv_pw_${id}_bn` }), `conv_pw_${id}_relu`);
}

function top(
  network: Network,
  features: Tensor,
  { classes, dropout: rate, classifierActivation }: ArchitectureSettings,
): Tensor {
  const pooled = poolAll(network, features, { by: "average", keepDims: true });
  const dropped = dropout(network, pooled, "dropout", rate ?? 1e-3);
  const scores = conv(network, dropped, {
    filters: classes,
    kernel: 1,
    padding: "same",
    name: "conv_preds",
  });
  const flat = network.add({
    className: "Reshape",
    name: "reshape_2",
    config: { target_shape: [classes] },
    inputs: [scores],
    size: [],
    channels: classes,
  });
  return activate(network, flat, "predictions", classifierActivation);
}

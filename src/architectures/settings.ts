import { poolAll } from "./blocks.ts";
import type { Network, Tensor } from "./network.ts";

/** What a published architecture is made with, every default filled in. */
export interface ArchitectureSettings {
  readonly inputShape: readonly [height: number | null, width: number | null, channels: number];
  readonly classes: number;
  /** Whether the classifier is part of it. */
  readonly includeTop: boolean;
  /** How pictures are pooled where there is no classifier; null leaves them. */
  readonly pooling: "avg" | "max" | null;
  /** Of the classifier; null for logits. */
  readonly classifierActivation: string | null;
  /** Width multiplier of MobileNets. */
  readonly alpha: number;
  /** Of MobileNet v1. */
  readonly depthMultiplier: number;
  /** Of MobileNet v1 and SqueezeNet; null is the architecture's own. */
  readonly dropout: number | null;
  /** Names of layers in the release that is meant; where none of them tells one, it is the latest. */
  readonly like: ReadonlySet<string>;
}

/** What the layer with the scores is called: the latest name, unless the release has another one. */
export function topName(
  { like }: ArchitectureSettings,
  latest: string,
  ...earlier: readonly string[]
): string {
  return earlier.find((name) => like.has(name)) ?? latest;
}

/** What stands in place of a classifier. */
export function poolTop(
  network: Network,
  features: Tensor,
  { pooling }: ArchitectureSettings,
  names: { readonly avg?: string; readonly max?: string } = {},
): Tensor {
  if (pooling === null) return features;
  return pooling === "avg"
    ? poolAll(network, features, { by: "average", name: names.avg })
    : poolAll(network, features, { by: "max", name: names.max });
}

import type { Node } from "../../../ir/graph.ts";
import type { NoiseOp } from "../../../ir/ops/noise.ts";
import type { Emitters } from "../../target.ts";
import type { LayersEmission } from "./emission.ts";

/** What acts in training: kept, so that the written model can be trained on. */
export const noiseEmitters = { noise: emitNoise } satisfies Partial<Emitters<LayersEmission>>;

const CLASSES = {
  dropout: "Dropout",
  gaussianNoise: "GaussianNoise",
  gaussianDropout: "GaussianDropout",
  alphaDropout: "AlphaDropout",
} as const;

function emitNoise(node: Node<NoiseOp>, emission: LayersEmission): void {
  const { fn, rate, stddev, sharedAxes } = node.op;
  const x = emission.input(node);
  if (fn === "activityRegularization" || fn === "augmentation") {
    emission.finish(node, x);
    return;
  }
  const shared = sharedAxes ?? [];
  const noise = x.shape.map((dim, axis) => (shared.includes(axis) ? 1 : axis === 0 ? null : dim));
  const config = {
    ...(rate === undefined ? {} : { rate }),
    ...(stddev === undefined ? {} : { stddev }),
    ...(fn === "dropout" && shared.length > 0 ? { noise_shape: noise } : {}),
  };
  emission.finish(node, emission.one(node, { className: CLASSES[fn], config, shape: x.shape }, x));
}

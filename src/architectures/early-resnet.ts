import type { JsonObject } from "../json.ts";
import { activate, conv, dense, norm, pad, pool, poolAll, sum } from "./blocks.ts";
import { createNetwork, type Network, type Tensor } from "./network.ts";
import { type ArchitectureSettings, poolTop } from "./settings.ts";

/** Whether these are names of the ResNet50 that Keras had up to 2.2. */
export function isEarlyResNet({ like }: ArchitectureSettings): boolean {
  return like.has("res2a_branch2a");
}

/**
 * ResNet50 as Keras had it up to 2.2: other names than later, another epsilon, shortcuts behind the rest of their block. Its releases pad
 * in three ways before conv1 and in two before the pooling, which the names of the layers tell.
 * @see keras_applications/resnet50.py (1.0.8), keras/applications/resnet50.py (2.1.6, 2.0.0)
 */
export function earlyResNet50(settings: ArchitectureSettings): JsonObject {
  const network = createNetwork();
  let x = stem(network, network.input(settings.inputShape), settings.like);
  for (const [index, letters] of STAGES.entries()) {
    for (const letter of letters) {
      x = block(network, x, {
        name: `${index + 2}${letter}`,
        filters: 64 * 2 ** index,
        strides: index > 0 && letter === "a" ? 2 : 1,
        first: letter === "a",
      });
    }
  }
  if (!settings.includeTop) return network.finish("resnet50", poolTop(network, x, settings));
  const pooled = poolAll(network, x, { by: "average", name: "avg_pool" });
  const { classes: units, classifierActivation: activation } = settings;
  return network.finish("resnet50", dense(network, pooled, { units, name: "fc1000", activation }));
}

const STAGES = ["abc", "abcd", "abcdef", "abc"];

function stem(network: Network, input: Tensor, like: ReadonlySet<string>): Tensor {
  const padsInside = ![...like].some((name) => /^(conv1_pad|zero_?padding2d_\d+)$/.test(name));
  const shape = { filters: 64, kernel: 7, strides: 2, name: "conv1" };
  let x = padsInside
    ? conv(network, input, { ...shape, padding: "same" })
    : conv(network, pad(network, input, around(3), "conv1_pad"), shape);
  x = activate(network, norm(network, x, { name: "bn_conv1" }));
  if (like.has("pool1_pad")) x = pad(network, x, around(1), "pool1_pad");
  return pool(network, x, { className: "MaxPooling2D", window: 3, strides: 2 });
}

interface Block {
  readonly name: string;
  readonly filters: number;
  readonly strides: 1 | 2;
  /** Whether its shortcut is convolved. */
  readonly first: boolean;
}

function block(network: Network, input: Tensor, { name, filters, strides, first }: Block): Tensor {
  const convolved = (
    from: Tensor,
    branch: string,
    shape: { readonly filters: number; readonly kernel: 1 | 3; readonly strides?: 1 | 2 },
  ): Tensor => {
    const padding = shape.kernel === 1 ? "valid" : "same";
    const x = conv(network, from, { ...shape, padding, name: `res${name}_branch${branch}` });
    return norm(network, x, { name: `bn${name}_branch${branch}` });
  };
  const wide = { filters: 4 * filters, kernel: 1 } as const;
  let x = activate(network, convolved(input, "2a", { filters, kernel: 1, strides }));
  x = activate(network, convolved(x, "2b", { filters, kernel: 3 }));
  x = convolved(x, "2c", wide);
  const short = first ? convolved(input, "1", { ...wide, strides }) : input;
  return activate(network, sum(network, x, short));
}

function around(width: number) {
  return [
    [width, width],
    [width, width],
  ] as const;
}

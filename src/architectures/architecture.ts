import { fail } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { denseNet } from "./densenet.ts";
import { earlyResNet50, isEarlyResNet } from "./early-resnet.ts";
import { mobileNet } from "./mobilenet.ts";
import { mobileNetV2 } from "./mobilenet-v2.ts";
import { resNet } from "./resnet.ts";
import type { ArchitectureSettings } from "./settings.ts";
import { squeezeNet } from "./squeezenet.ts";
import { vgg } from "./vgg.ts";
import { xception } from "./xception.ts";

/** What a published architecture is made with; what is left out is as in `keras.applications`. */
export interface ArchitectureOptions
  extends Partial<Omit<ArchitectureSettings, "inputShape" | "like">> {
  /** Height, width and channels; null is free. */
  readonly inputShape?: readonly (number | null)[];
  /** What a file calls its layers: where releases of the architecture differ, the one with these names is made. */
  readonly layerNames?: readonly string[];
}

/** A published architecture. */
interface Published {
  readonly build: (settings: ArchitectureSettings) => JsonObject;
  /** Height and width by default. */
  readonly size: number;
  /** The least height and width. */
  readonly smallest: number;
  /** Options that not all architectures have. */
  readonly own?: readonly ("alpha" | "depthMultiplier" | "dropout")[];
  /** Whether its classifier wants a fixed size. */
  readonly flattens?: true;
}

const usual = { size: 224, smallest: 32 };

function resNets(version: 1 | 2): readonly (readonly [string, Published])[] {
  const depths = [
    [50, [3, 4, 6, 3]],
    [101, [3, 4, 23, 3]],
    [152, [3, 8, 36, 3]],
  ] as const;
  return depths.map(([depth, blocks]) => {
    const name = `resnet${depth}${version === 1 ? "" : "v2"}`;
    const build: Published["build"] = (settings) =>
      name === "resnet50" && isEarlyResNet(settings)
        ? earlyResNet50(settings)
        : resNet(settings, { name, blocks, version });
    return [`resnet${depth}${version === 1 ? "" : "_v2"}`, { ...usual, build }] as const;
  });
}

function denseNets(): readonly (readonly [string, Published])[] {
  const depths = [
    [121, [6, 12, 24, 16]],
    [169, [6, 12, 32, 32]],
    [201, [6, 12, 48, 32]],
  ] as const;
  return depths.map(([depth, blocks]) => {
    const name = `densenet${depth}`;
    return [name, { ...usual, build: (settings) => denseNet(settings, { name, blocks }) }] as const;
  });
}

const PUBLISHED: ReadonlyMap<string, Published> = new Map<string, Published>([
  ["mobilenet", { ...usual, build: mobileNet, own: ["alpha", "depthMultiplier", "dropout"] }],
  ["mobilenet_v2", { ...usual, build: mobileNetV2, own: ["alpha"] }],
  ["squeezenet", { size: 227, smallest: 48, build: squeezeNet, own: ["dropout"] }],
  ...resNets(1),
  ...resNets(2),
  ["vgg16", { ...usual, build: (settings) => vgg(settings, 16), flattens: true }],
  ["vgg19", { ...usual, build: (settings) => vgg(settings, 19), flattens: true }],
  ...denseNets(),
  ["xception", { size: 299, smallest: 71, build: xception }],
]);

/** The names of all architectures that can be built. */
export const ARCHITECTURES: readonly string[] = [...PUBLISHED.keys()];

/** The architecture that a name means, in whichever spelling: `MobileNetV2`, `mobilenet-v2`. */
export function findArchitecture(name: string): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_\s]/g, "");
  return ARCHITECTURES.find((candidate) => plain(candidate) === plain(name));
}

/**
 * The config of a published architecture in the words of tf.keras 2.15, without weights; layers are called as in
 * `keras.applications` (SqueezeNet: keras-squeezenet). Throws `bad-option` for an unknown name and options that make no sense.
 */
export function architectureConfig(name: string, options: ArchitectureOptions = {}): JsonObject {
  const known = findArchitecture(name);
  const published = known === undefined ? undefined : PUBLISHED.get(known);
  if (published === undefined || known === undefined) {
    return fail("bad-option", `The architecture "${name}" is not known.`, {
      hint: `Known are ${ARCHITECTURES.join(", ")}.`,
    });
  }
  return published.build(settingsFor(known, published, options));
}

function settingsFor(
  name: string,
  published: Published,
  options: ArchitectureOptions,
): ArchitectureSettings {
  const { classes = 1000, includeTop = true, alpha = 1, depthMultiplier = 1 } = options;
  const { pooling = null, classifierActivation = "softmax", dropout = null } = options;
  const own = published.own ?? [];
  const foreign = (["alpha", "depthMultiplier", "dropout"] as const).find(
    (key) => options[key] !== undefined && options[key] !== null && !own.includes(key),
  );
  if (foreign !== undefined) fail("bad-option", `The architecture "${name}" has no ${foreign}.`);
  const wrong =
    whole("classes", classes) ??
    whole("depthMultiplier", depthMultiplier) ??
    (alpha > 0 && alpha < 64 ? undefined : `alpha is ${alpha}, expected a number above 0.`) ??
    (dropout === null || (dropout >= 0 && dropout < 1)
      ? undefined
      : `dropout is ${dropout}, expected a share from 0 to below 1.`);
  if (wrong !== undefined) fail("bad-option", wrong);
  const inputShape = shapeFor(name, published, options);
  if (includeTop && published.flattens && inputShape.includes(null)) {
    fail("bad-option", `The classifier of "${name}" wants pictures of a fixed size.`);
  }
  const sizes = { inputShape, classes, includeTop, pooling, classifierActivation };
  const like = new Set(options.layerNames);
  return { ...sizes, alpha, depthMultiplier, dropout, like };
}

function whole(name: string, value: number): string | undefined {
  const sound = Number.isSafeInteger(value) && value > 0 && value < 2 ** 24;
  return sound ? undefined : `${name} is ${value}, expected a whole number above 0.`;
}

function shapeFor(
  name: string,
  { size, smallest }: Published,
  { inputShape = [size, size, 3] }: ArchitectureOptions,
): ArchitectureSettings["inputShape"] {
  const [height, width, channels] = inputShape;
  const fits = (dim: number | null | undefined): dim is number | null =>
    dim === null || (typeof dim === "number" && Number.isSafeInteger(dim) && dim >= smallest);
  const sound = Number.isSafeInteger(channels) && typeof channels === "number" && channels > 0;
  if (inputShape.length === 3 && fits(height) && fits(width) && sound) {
    return [height, width, channels];
  }
  const shown = `(${inputShape.map((dim) => dim ?? "null").join(", ")})`;
  return fail(
    "bad-option",
    `The input shape of "${name}" is ${shown}, expected height, width and channels.`,
    {
      hint: `Height and width are at least ${smallest}, by default ${size}: ${size},${size},3.`,
    },
  );
}

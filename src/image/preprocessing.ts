import { fail } from "../errors.ts";

/** Red, green, blue; always in this order, whatever the order the network sees. */
export type PerColor = readonly [red: number, green: number, blue: number];

/**
 * What happens to a picture before the network: `y_c = pixel_c * scale_c + bias_c`, with pixels 0–255
 * and channels named by colour. The scale comes first and the bias is not scaled.
 */
export interface Preprocessing {
  /** Preset or family name, or `custom`. */
  readonly name: string;
  /** Order in which the network sees the channels. */
  readonly colorOrder: "rgb" | "bgr";
  readonly scale: PerColor;
  readonly bias: PerColor;
}

/** The modes of Keras' `preprocess_input`, plain scaling to 0–1, and doing nothing. */
export type PresetName = "none" | "tf" | "caffe" | "torch" | "0-1";

/** A published architecture and how its authors trained it. */
export interface Family {
  readonly name: string;
  /** As its authors write it. */
  readonly title: string;
  readonly preset: PresetName;
  /** Other names people give it. */
  readonly aliases: readonly string[];
  /** What a user should know before trusting the preset. */
  readonly note?: string;
}

const IMAGENET_MEAN: PerColor = [0.485, 0.456, 0.406];
const IMAGENET_STD: PerColor = [0.229, 0.224, 0.225];

/**
 * The presets by name.
 * @see keras/src/applications/imagenet_utils.py `preprocess_input` (Keras 3): `tf` is x / 127.5 - 1; `caffe`
 * turns RGB to BGR and subtracts 103.939 (blue), 116.779 (green), 123.68 (red); `torch` is (x / 255 - mean) / std.
 */
export const PRESETS: Readonly<Record<PresetName, Preprocessing>> = {
  none: { name: "none", colorOrder: "rgb", scale: [1, 1, 1], bias: [0, 0, 0] },
  tf: { name: "tf", colorOrder: "rgb", scale: [2 / 255, 2 / 255, 2 / 255], bias: [-1, -1, -1] },
  caffe: {
    name: "caffe",
    colorOrder: "bgr",
    scale: [1, 1, 1],
    bias: [-123.68, -116.779, -103.939],
  },
  torch: {
    name: "torch",
    colorOrder: "rgb",
    scale: mapColors(IMAGENET_STD, (std) => 1 / (255 * std)),
    bias: mapColors(IMAGENET_STD, (std, color) => -IMAGENET_MEAN[color] / std),
  },
  "0-1": { name: "0-1", colorOrder: "rgb", scale: [1 / 255, 1 / 255, 1 / 255], bias: [0, 0, 0] },
};

/**
 * The architectures of keras.applications and the preset each was trained with; `none` where the model
 * normalises inside its own graph.
 * @see keras/src/applications/<family>.py, `preprocess_input` and `include_preprocessing`
 */
export const FAMILIES: readonly Family[] = [
  family("mobilenet", "MobileNet", "tf", ["mobilenet_v1"]),
  family("mobilenet_v2", "MobileNetV2", "tf"),
  family("mobilenet_v3", "MobileNetV3", "none", ["mobilenet_v3_small", "mobilenet_v3_large"]),
  family("vgg16", "VGG16", "caffe"),
  family("vgg19", "VGG19", "caffe"),
  family("resnet", "ResNet", "caffe", ["resnet50", "resnet101", "resnet152"]),
  family("resnet_v2", "ResNetV2", "tf", ["resnet50_v2", "resnet101_v2", "resnet152_v2"]),
  family("inception_v3", "InceptionV3", "tf"),
  family("inception_resnet_v2", "InceptionResNetV2", "tf"),
  family("xception", "Xception", "tf"),
  family("nasnet", "NASNet", "tf", ["nasnet_mobile", "nasnet_large"]),
  family("densenet", "DenseNet", "torch", ["densenet121", "densenet169", "densenet201"]),
  family("efficientnet", "EfficientNet", "none"),
  family("efficientnet_v2", "EfficientNetV2", "none"),
  family("convnext", "ConvNeXt", "none"),
  {
    ...family("squeezenet", "SqueezeNet", "caffe", ["squeezenet_v1"]),
    note: "SqueezeNet is not part of Keras; the keras-squeezenet port was trained with caffe, other copies with tf.",
  },
];

/**
 * The preprocessing of a preset or family name; upper case, hyphens and underscores do not matter
 * (`MobileNetV2` is `mobilenet_v2`). Throws `bad-option` for an unknown one.
 */
export function findPreprocessing(name: string): Preprocessing {
  const key = plain(name);
  const preset = Object.values(PRESETS).find((candidate) => plain(candidate.name) === key);
  if (preset !== undefined) return preset;
  const found = findFamily(name);
  if (found !== undefined) return { ...PRESETS[found.preset], name: found.name };
  return fail("bad-option", `"${name}" is not a known preprocessing.`, {
    hint: `Known: ${preprocessingNames().join(", ")}.`,
  });
}

/** A family by its name or an alias. */
export function findFamily(name: string): Family | undefined {
  const key = plain(name);
  return FAMILIES.find((candidate) =>
    [candidate.name, ...candidate.aliases].some((known) => plain(known) === key),
  );
}

/** Every name that `findPreprocessing` knows, aliases left out. */
export function preprocessingNames(): readonly string[] {
  return [...Object.keys(PRESETS), ...FAMILIES.map((known) => known.name)];
}

/** Whether the pixels enter the network as they are. */
export function isNeutral(preprocessing: Preprocessing): boolean {
  return (
    preprocessing.colorOrder === "rgb" &&
    preprocessing.scale.every((scale) => scale === 1) &&
    preprocessing.bias.every((bias) => bias === 0)
  );
}

/** Whether two do the same to every pixel, whatever they are called. */
export function hasSameNumbers(a: Preprocessing, b: Preprocessing): boolean {
  return (
    a.colorOrder === b.colorOrder &&
    a.scale.every((scale, color) => scale === b.scale[color]) &&
    a.bias.every((bias, color) => bias === b.bias[color])
  );
}

/** Whether all colours share one scale, which is all that a Core ML scaler can say. */
export function hasOneScale(preprocessing: Preprocessing): boolean {
  const [red, green, blue] = preprocessing.scale;
  return red === green && green === blue;
}

function family(
  name: string,
  title: string,
  preset: PresetName,
  aliases: readonly string[] = [],
): Family {
  return { name, title, preset, aliases };
}

function mapColors(values: PerColor, map: (value: number, color: 0 | 1 | 2) => number): PerColor {
  return [map(values[0], 0), map(values[1], 1), map(values[2], 2)];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/g, "");
}

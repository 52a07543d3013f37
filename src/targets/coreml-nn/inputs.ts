import type { FeatureDescription, SizeRange } from "../../formats/coreml/types.gen.ts";
import type { Graph, ValueId } from "../../ir/graph.ts";
import type { Dim } from "../../ir/tensor.ts";
import { constantWeight } from "../../weights/constant.ts";
import { type ArrayMapping, arrayShape, exactPlaces } from "./array-shape.ts";
import type { Emission } from "./emission.ts";
import { smallestSize } from "./free-size.ts";
import { blobDims, CHANNEL, type Layout } from "./layout.ts";
import type { Settings } from "./options.ts";
import { type Picture, pictureOf } from "./picture.ts";

/** One declared input of the model. */
export interface InputFeature {
  readonly name: string;
  readonly value: ValueId;
  readonly layout: Layout;
  readonly shape: readonly Dim[];
  /** Undefined for an array. */
  readonly picture: Picture | undefined;
}

/** Decides what each input is. Throws `bad-option` for a picture that is none. */
export function inputFeatures(
  emission: Emission,
  names: readonly string[],
  settings: Settings,
): readonly InputFeature[] {
  return emission.graph.inputs.map(({ value }, index) => {
    const name = names[index] ?? "";
    const shape = emission.shapeOf(value);
    const layout = emission.naturalOf(value);
    const image = settings.imageInputNames?.includes(name) === true;
    const dims = shape.length === 4 ? blobDims({ layout, shape }).slice(CHANNEL) : undefined;
    const picture = image ? pictureOf(name, dims, shape, settings) : undefined;
    return { name, value, layout, shape, picture };
  });
}

/** Brings an input into its five axes: nothing for the classic mapping, `expandDims` for an exact one. */
export function emitInput(emission: Emission, feature: InputFeature): void {
  const { name, value, layout, picture } = feature;
  if (picture !== undefined) {
    emission.place(
      value,
      picture.channels === undefined ? name : emitChannels(emission, name, picture.channels),
      layout,
    );
    return;
  }
  if (emission.arrays === "classic") {
    emission.place(value, name, layout);
    return;
  }
  const places = exactPlaces(layout);
  const axes = [0, 1, 2, 3, 4].filter((place) => !places.includes(place));
  const blob = emission.blobName(`${name}_expanded`);
  emission.add(`${name}__expand__`, { expandDims: { axes } }, [name], [blob]);
  emission.place(value, blob, layout);
}

/** A scale and a bias for each colour, which one image scaler cannot say. */
function emitChannels(
  emission: Emission,
  name: string,
  { scale, bias }: NonNullable<Picture["channels"]>,
): string {
  const blob = emission.blobName(`${name}_scaled`);
  const body = {
    shapeScale: [3],
    scale: emission.exactWeights(constantWeight(`${name}/scale`, [3], scale)),
    hasBias: true,
    shapeBias: [3],
    bias: emission.exactWeights(constantWeight(`${name}/bias`, [3], bias)),
  };
  emission.add(`${name}__scale__`, { scale: body }, [name], [blob]);
  return blob;
}

/** The input as the model's description declares it. */
export function describeInput(
  graph: Graph,
  feature: InputFeature,
  mapping: ArrayMapping,
  settings: Settings,
): FeatureDescription {
  const { name, picture } = feature;
  const shortDescription = descriptionOf(settings.inputDescriptions, name);
  if (picture !== undefined) {
    return { name, ...shortDescription, type: { imageType: imageType(graph, feature, picture) } };
  }
  const shape = arrayShape(feature, mapping);
  const dataType = settings.arrayType === "double" ? "DOUBLE" : "FLOAT32";
  if (!shape.includes(null)) {
    return {
      name,
      ...shortDescription,
      type: { multiArrayType: { shape: shape.map((dim) => dim ?? 1), dataType } },
    };
  }
  const smallest = smallestSize(graph, feature.value);
  const sizeRanges = shape.map(
    (dim): SizeRange =>
      dim === null
        ? { lowerBound: smallest, upperBound: -1 }
        : { lowerBound: dim, upperBound: dim },
  );
  const chosen = shape.map((dim) => dim ?? Math.max(smallest, DEFAULT_SIZE));
  const multiArrayType = { shape: chosen, dataType, shapeRange: { sizeRanges } } as const;
  return { name, ...shortDescription, type: { multiArrayType } };
}

/** The size that Xcode shows for a free one. */
const DEFAULT_SIZE = 224;

function imageType(graph: Graph, { value }: InputFeature, { width, height, colorSpace }: Picture) {
  if (width !== null && height !== null) return { width, height, colorSpace };
  const smallest = smallestSize(graph, value);
  const range = (size: Dim): SizeRange =>
    size === null
      ? { lowerBound: smallest, upperBound: -1 }
      : { lowerBound: size, upperBound: size };
  const chosen = Math.max(smallest, DEFAULT_SIZE);
  return {
    width: width ?? chosen,
    height: height ?? chosen,
    colorSpace,
    imageSizeRange: { widthRange: range(width), heightRange: range(height) },
  };
}

/** A description, if one is given. */
export function descriptionOf(
  texts: Readonly<Record<string, string>> | undefined,
  name: string,
): Pick<FeatureDescription, "shortDescription"> {
  const shortDescription = new Map(Object.entries(texts ?? {})).get(name);
  return shortDescription === undefined ? {} : { shortDescription };
}

import type {
  ArrayFeatureType,
  FeatureDescription,
  FeatureType,
  ImageFeatureType,
  SizeRange,
} from "../formats/coreml/types.gen.ts";
import type { FeatureFacts } from "../report/coreml-inspection.ts";

/** An input, output or state in words. */
export function featureFacts({
  name = "",
  shortDescription,
  type = {},
}: FeatureDescription): FeatureFacts {
  return {
    name,
    type: typeText(type),
    optional: type.isOptional === true,
    ...(shortDescription ? { description: shortDescription } : {}),
  };
}

function typeText(type: FeatureType): string {
  const { imageType, multiArrayType, dictionaryType, sequenceType, stateType } = type;
  if (imageType !== undefined) return pictureText(imageType);
  if (multiArrayType !== undefined) return arrayText(multiArrayType);
  if (dictionaryType !== undefined) {
    return `probabilities by ${dictionaryType.int64KeyType === undefined ? "text" : "number"}`;
  }
  if (sequenceType !== undefined) {
    return `sequence of ${sequenceType.int64Type === undefined ? "texts" : "whole numbers"}`;
  }
  if (stateType !== undefined) {
    return stateType.arrayType === undefined ? "state" : `state, ${arrayText(stateType.arrayType)}`;
  }
  if (type.stringType !== undefined) return "text";
  if (type.int64Type !== undefined) return "whole number";
  return type.doubleType === undefined ? "of a later format" : "number";
}

function pictureText(image: ImageFeatureType): string {
  const { width = 0, height = 0, colorSpace, enumeratedSizes, imageSizeRange } = image;
  const others = (enumeratedSizes?.sizes ?? [])
    .filter((size) => size.width !== width || size.height !== height)
    .map((size) => `${size.width ?? 0} × ${size.height ?? 0}`);
  const range =
    imageSizeRange === undefined
      ? ""
      : `, width ${rangeText(imageSizeRange.widthRange)}, height ${rangeText(imageSizeRange.heightRange)}`;
  const sizes = [`${width} × ${height}`, ...others].join(" or ");
  return `picture ${sizes}${range}, ${COLOURS[colorSpace ?? ""] ?? "colours unknown"}`;
}

const COLOURS: Readonly<Record<string, string>> = {
  GRAYSCALE: "gray",
  GRAYSCALE_FLOAT16: "gray in half precision",
  RGB: "RGB",
  BGR: "BGR",
};

/** An upper bound below zero is none. */
function rangeText({ lowerBound = 0, upperBound = 0 }: SizeRange = {}): string {
  return `${lowerBound}–${upperBound < 0 ? "∞" : upperBound}`;
}

function arrayText({
  shape = [],
  dataType,
  enumeratedShapes,
  shapeRange,
}: ArrayFeatureType): string {
  const own = shape.join(" × ");
  const others = (enumeratedShapes?.shapes ?? [])
    .map((one) => (one.shape ?? []).join(" × "))
    .filter((text) => text !== own);
  const range =
    shapeRange === undefined
      ? ""
      : `, sizes ${(shapeRange.sizeRanges ?? []).map(rangeText).join(" × ")}`;
  const type = (dataType ?? "unknown type").toLowerCase();
  return `array ${[own || "of any shape", ...others].join(" or ")}${range}, ${type}`;
}

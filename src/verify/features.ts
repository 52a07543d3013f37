import { fail } from "../errors.ts";
import type {
  FeatureDescription,
  NeuralNetworkPreprocessing,
} from "../formats/coreml/types.gen.ts";
import { isImage, type PixelImage, readImage } from "./image.ts";
import { showShape, sizeOf, type Tensor } from "./tensor.ts";

/** Numbers in Core ML's axis order, channels before height and width. */
export interface ArrayInput {
  /** As declared; with the classic mapping also the full `[Seq, Batch, C, H, W]`. */
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What an app hands to a model under one input name. */
export type ModelInput = ArrayInput | PixelImage;

/** How declared inputs become blobs. */
export interface InputMapping {
  /** Arrays have their declared shape instead of five axes. */
  readonly exactArrays: boolean;
  /** Images have four axes instead of five. */
  readonly rank4Images: boolean;
  readonly preprocessing: readonly NeuralNetworkPreprocessing[];
}

/**
 * The blob of one model input; undefined when an optional one is absent.
 *
 * @see NeuralNetwork.proto NeuralNetworkMultiArrayShapeMapping, NeuralNetworkImageShapeMapping
 */
export function readFeature(
  feature: FeatureDescription,
  input: ModelInput | undefined,
  mapping: InputMapping,
): Tensor | undefined {
  const name = feature.name ?? "";
  const { imageType, multiArrayType, isOptional } = feature.type ?? {};
  if (input === undefined) {
    return isOptional === true ? undefined : wrongInput(name, "is missing");
  }
  if (imageType !== undefined) {
    return isImage(input)
      ? readImage(name, imageType, input, mapping)
      : wrongInput(name, "should be an image");
  }
  if (multiArrayType === undefined) return wrongInput(name, "is neither an array nor an image");
  if (isImage(input)) return wrongInput(name, "should be an array");
  const flexible =
    multiArrayType.enumeratedShapes !== undefined || multiArrayType.shapeRange !== undefined;
  const declared = multiArrayType.shape ?? [];
  const { shape } = input;
  if (sizeOf(shape) !== input.data.length) {
    wrongInput(name, `has ${input.data.length} numbers for the shape ${showShape(shape)}`);
  }
  const blob = mapping.exactArrays ? shape : toRank5(shape);
  const fits = mapping.exactArrays
    ? shape.length === declared.length && (flexible || shape.join() === declared.join())
    : blob.length === 5 && (flexible || fitsRank5(blob, declared));
  if (!fits) {
    wrongInput(name, `has shape ${showShape(shape)}, expected ${showShape(declared)}`);
  }
  return { shape: blob, data: Float32Array.from(input.data) };
}

/** Throws for a model input that is not what the model declares. */
export function wrongInput(name: string, text: string): never {
  return fail("bad-option", `Input "${name}" ${text}.`);
}

/** `[C]` and `[C, H, W]` get sequence and batch, and missing ones behind. */
function toRank5(shape: readonly number[]): readonly number[] {
  if (shape.length === 1) return [1, 1, ...shape, 1, 1];
  return shape.length === 3 ? [1, 1, ...shape] : shape;
}

/** Sequence and batch are free. */
function fitsRank5(blob: readonly number[], declared: readonly number[]): boolean {
  return blob.slice(2).join() === toRank5(declared).slice(2).join();
}

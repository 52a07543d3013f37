import { fail } from "../../errors.ts";
import type {
  ArrayFeatureType,
  FeatureDescription,
  ImageFeatureType,
  NeuralNetwork,
  SizeRange,
} from "../../formats/coreml/types.gen.ts";
import { type Dim, formatShape, type TensorType } from "../../ir/tensor.ts";
import { type BlobAxis, kerasOrder, ROLES, type Role, sizeAt } from "./blob.ts";

/** What is believed of an input, until lowering finds otherwise. */
export interface InputBelief {
  /** Whether its sequence is real. Of classic arrays only. */
  readonly sequence: boolean;
  /** Axes of its blob in the order of the value; undefined for the natural one. */
  readonly order: readonly number[] | undefined;
  /** Number of steps of a real sequence; null while it is free. */
  readonly length: number | null;
}

/** An input of the model: its blob and its value. */
export interface InputPlan {
  readonly name: string;
  readonly feature: FeatureDescription;
  readonly image: boolean;
  readonly type: TensorType;
  readonly axes: readonly BlobAxis[];
  /** Axes of the blob in the order of the value. */
  readonly order: readonly number[];
  /** Size of each blob axis. */
  readonly dims: readonly Dim[];
}

/** What a caller may say of inputs. */
export interface InputOptions {
  /** Shapes that the file leaves open, batch first: by input name, or one for a model with one input. */
  readonly inputShapes?: readonly Dim[] | Readonly<Record<string, readonly Dim[]>> | undefined;
}

/**
 * How an input enters the network. Classic arrays have a sequence in front of what they declare, which is real where some layer
 * works along it; pictures become height, width, channels.
 */
export function planInput(
  feature: FeatureDescription,
  network: NeuralNetwork,
  belief: InputBelief,
  options: InputOptions,
): InputPlan {
  const { name = "", type } = feature;
  const exact = network.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING";
  const image = type?.imageType !== undefined;
  const array = type?.multiArrayType;
  if (!image && array === undefined) {
    fail("unsupported", `The input "${name}" is neither an array nor a picture.`);
  }
  const lead: readonly Dim[] =
    network.imageInputShapeMapping === "RANK4_IMAGE_MAPPING" ? [1] : [1, 1];
  const declared = image ? imageDims(name, type?.imageType ?? {}) : arrayDims(name, array ?? {});
  const dims = image
    ? [...lead, ...declared]
    : exact
      ? declared
      : classicDims(name, declared, belief);
  const natural =
    image || !exact
      ? pictureOrder(dims, belief.sequence, declared)
      : exactOrder(name, dims, network);
  const order = belief.order ?? natural;
  const shape = statedShape(name, [null, ...order.map((index) => sizeAt(dims, index))], options);
  const open = !image && !exact && !belief.sequence ? [name] : [];
  const axes = dims.map((_, index): BlobAxis => {
    const at = order.indexOf(index);
    return { at: at < 0 ? undefined : at + 1, open: index === 0 ? open : [] };
  });
  const dtype = array?.dataType === "INT32" ? "int32" : "float32";
  return { name, feature, image, type: { dtype, shape }, axes, order, dims };
}

/** Whether the caller's shape of a classic array has the sequence that it does not declare. */
export function statesSequence(
  { name = "", type }: FeatureDescription,
  network: NeuralNetwork,
  options: InputOptions,
): boolean {
  const exact = network.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING";
  const declared = type?.multiArrayType?.shape?.length;
  return !exact && declared !== undefined && statedFor(name, options)?.length === declared + 2;
}

function classicDims(
  name: string,
  declared: readonly Dim[],
  { sequence, length }: InputBelief,
): readonly Dim[] {
  const steps = sequence ? length : 1;
  if (declared.length === 1) return [steps, 1, declared[0] ?? 1, 1, 1];
  if (declared.length === 3) return [steps, 1, ...declared];
  return fail(
    "bad-config",
    `Input "${name}" declares ${declared.length} axes, but the classic mapping takes 1 or 3.`,
  );
}

/** Of a vector its channels, of a picture height, width and channels, both behind the sequence. */
function pictureOrder(
  dims: readonly Dim[],
  sequence: boolean,
  declared: readonly Dim[],
): readonly number[] {
  const rank = dims.length;
  const steps = sequence ? [0] : [];
  return declared.length === 1 ? [...steps, rank - 3] : [...steps, rank - 2, rank - 1, rank - 3];
}

/** An exact array in Keras' order where the network gives its axes their classic meaning, else as declared; a leading 1 of four or more is the batch. */
function exactOrder(name: string, dims: readonly Dim[], network: NeuralNetwork): readonly number[] {
  const reader = network.layers?.find((layer) => layer.input?.includes(name));
  const added = reader?.expandDims?.axes ?? [];
  const all = dims.map((_, index) => index);
  if (added.length > 0 && dims.length + added.length === 5) {
    const taken = new Set(added.map((axis) => (axis < 0 ? axis + 5 : axis)));
    const roles = ROLES.filter((_, index) => !taken.has(index));
    return kerasOrder(all, (index): Role | undefined => roles[index]);
  }
  return dims.length >= 4 && dims[0] === 1 ? all.slice(1) : all;
}

function arrayDims(name: string, array: ArrayFeatureType): readonly Dim[] {
  const { shape = [], shapeRange, enumeratedShapes } = array;
  const ranges = shapeRange?.sizeRanges ?? [];
  const others = enumeratedShapes?.shapes ?? [];
  const base = shape.length > 0 ? shape : ranges.map(({ lowerBound }) => lowerBound ?? 1);
  if (base.length === 0 || base.length > MOST_AXES) {
    fail("bad-config", `Input "${name}" declares ${base.length} axes.`);
  }
  return base.map((size, index): Dim => {
    if (!Number.isSafeInteger(size) || size < 1) {
      return fail("bad-config", `Input "${name}" declares an axis of ${size} elements.`);
    }
    const range = ranges[index];
    const varies = others.some((one) => (one.shape?.[index] ?? size) !== size);
    return varies || (range !== undefined && isRange(range)) ? null : size;
  });
}

/** More axes than any layer takes. */
const MOST_AXES = 16;

function imageDims(name: string, image: ImageFeatureType): readonly Dim[] {
  const { width = 0, height = 0, colorSpace, imageSizeRange, enumeratedSizes } = image;
  const gray = colorSpace === "GRAYSCALE" || colorSpace === "GRAYSCALE_FLOAT16";
  if (!gray && colorSpace !== "RGB" && colorSpace !== "BGR") {
    fail("bad-config", `The picture "${name}" has no colour space.`);
  }
  const sizes = enumeratedSizes?.sizes ?? [];
  const free = (size: number, key: "width" | "height", range: SizeRange | undefined): Dim => {
    const varies = sizes.some((one) => (one[key] ?? size) !== size);
    if (varies || (range !== undefined && isRange(range))) return null;
    if (size >= 1) return size;
    return fail("bad-config", `The picture "${name}" has the ${key} ${size}.`);
  };
  return [
    gray ? 1 : 3,
    free(height, "height", imageSizeRange?.heightRange),
    free(width, "width", imageSizeRange?.widthRange),
  ];
}

function isRange({ lowerBound = 0, upperBound = 0 }: SizeRange): boolean {
  return lowerBound !== upperBound;
}

/** The shape with what the caller says of its free sizes. */
function statedShape(name: string, shape: readonly Dim[], options: InputOptions): readonly Dim[] {
  const stated = statedFor(name, options);
  if (stated === undefined) return shape;
  const fits =
    stated.length === shape.length &&
    stated.every(
      (dim, axis) => axis === 0 || dim === null || shape[axis] === null || dim === shape[axis],
    );
  if (!fits) {
    fail(
      "bad-option",
      `The shape ${formatShape(stated)} does not fit the input "${name}", which is ${formatShape(shape)}.`,
    );
  }
  return shape.map((dim, axis) => (axis === 0 ? null : (dim ?? stated[axis] ?? null)));
}

function statedFor(name: string, { inputShapes = {} }: InputOptions): readonly Dim[] | undefined {
  return isShape(inputShapes) ? inputShapes : new Map(Object.entries(inputShapes)).get(name);
}

function isShape(
  shapes: readonly Dim[] | Readonly<Record<string, readonly Dim[]>>,
): shapes is readonly Dim[] {
  return Array.isArray(shapes);
}

import { fail } from "../../errors.ts";
import type {
  Hdf5Attributes,
  Hdf5Dataset,
  Hdf5Group,
  Hdf5Storage,
} from "../../formats/hdf5/index.ts";
import type { DType, WeightRef } from "../../ir/tensor.ts";
import type { Dialect } from "./layer-spec.ts";

/** One stored array with the name that Keras gave it. */
export interface StoredWeight {
  /** `conv1/kernel:0`, `conv1_W:0`. */
  readonly name: string;
  readonly ref: WeightRef;
}

/** A weight that is a dataset of the file as it is. */
export interface StoredRef extends WeightRef {
  readonly storage: Hdf5Storage;
}

/** The arrays of one layer of the saved model, in file order. */
export interface WeightGroup<Stored extends StoredWeight = StoredWeight> {
  readonly name: string;
  readonly weights: readonly Stored[];
}

/** An array of a legacy HDF5 file. */
export interface StoredDataset extends StoredWeight {
  readonly ref: StoredRef;
}

/** The weights of a file, in one of the layouts that Keras has had. */
export type WeightStore =
  /** `layer_names` and `weight_names`, Keras 1 to Keras 3; `numbered`: Keras 0.x, without names. */
  | {
      readonly kind: "groups" | "numbered";
      readonly dialect: Dialect;
      readonly groups: readonly WeightGroup[];
    }
  /** One row of arrays with the names of their layers, as TensorFlow.js has them. */
  | {
      readonly kind: "named";
      readonly dialect: Dialect;
      readonly weights: readonly StoredWeight[];
    }
  /** `.weights.h5` of Keras 2.12 and later: paths of Python attributes. */
  | { readonly kind: "state"; readonly dialect: Dialect; readonly root: Hdf5Group };

/** The layer groups of Keras 1 to 3, in the order of `layer_names`. */
export function readGroups(root: Hdf5Group, file: string): readonly WeightGroup<StoredDataset>[] {
  return readNames(root.attributes, "layer_names").map((name) => {
    const group = root.get(name);
    if (group?.kind !== "group") return missing(file, root.path, "group", name);
    const weights = readNames(group.attributes, "weight_names").map((weight): StoredDataset => {
      const dataset = group.get(weight);
      if (dataset?.kind !== "dataset") return missing(file, group.path, "weight", weight);
      return { name: weight, ref: storedWeight(dataset, file) };
    });
    return { name, weights };
  });
}

/** The layer groups of Keras 0.x: `layer_<k>` with `param_<p>`, counted by attributes. */
export function readNumberedGroups(
  root: Hdf5Group,
  file: string,
): readonly WeightGroup<StoredDataset>[] {
  return Array.from({ length: countOf(root, "nb_layers", file) }, (_, layer) => {
    const name = `layer_${layer}`;
    const group = root.get(name);
    if (group?.kind !== "group") return missing(file, root.path, "group", name);
    const weights = Array.from({ length: countOf(group, "nb_params", file) }, (__, param) => {
      const dataset = group.get(`param_${param}`);
      if (dataset?.kind !== "dataset") {
        return missing(file, group.path, "weight", `param_${param}`);
      }
      return { name: `param_${param}`, ref: storedWeight(dataset, file) };
    });
    return { name, weights };
  });
}

/** An attribute that lists names, maybe cut in parts `name0`, `name1`, …; empty when absent. */
export function readNames(attributes: Hdf5Attributes, name: string): readonly string[] {
  if (attributes.has(name)) return namesIn(attributes, name);
  const parts: string[] = [];
  for (let part = 0; attributes.has(`${name}${part}`); part++) {
    for (const item of namesIn(attributes, `${name}${part}`)) parts.push(item);
  }
  return parts;
}

/** A text attribute; undefined when absent. */
export function readText(attributes: Hdf5Attributes, name: string): string | undefined {
  const value = attributes.get(name);
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof single === "string" ? single : undefined;
}

/** A dataset as a weight. Its place in the file is checked here, its numbers are read later. */
export function storedWeight(dataset: Hdf5Dataset, file: string): StoredRef {
  const dtype = WEIGHT_TYPES.get(dataset.dtype);
  if (dtype === undefined) {
    return fail("bad-weights", `A weight of type ${dataset.dtype} cannot be read.`, {
      at: { file, path: dataset.path },
    });
  }
  return {
    id: dataset.path,
    dtype,
    shape: dataset.shape,
    storage: dataset.storage,
    readInto: (target, start) => dataset.readInto(target, start),
  };
}

/** Throws `corrupt-file` when the bytes of two weights overlap, which no writer lets happen. */
export function checkOverlap(weights: readonly StoredRef[], file: string): void {
  const extents = [...new Map(weights.map((weight) => [weight.id, weight])).values()]
    .flatMap(({ id, storage }) => (storage.kind === "contiguous" ? [{ id, ...storage }] : []))
    .filter(({ byteLength }) => byteLength > 0)
    .sort((a, b) => a.offset - b.offset);
  for (const [index, extent] of extents.entries()) {
    const previous = extents[index - 1];
    if (previous === undefined || previous.offset + previous.byteLength <= extent.offset) continue;
    fail("corrupt-file", `The weights "${previous.id}" and "${extent.id}" overlap in the file.`, {
      at: { file },
      hint: "The file is damaged; fetch it again.",
    });
  }
}

const WEIGHT_TYPES: ReadonlyMap<string, DType> = new Map([
  ["float64", "float64"],
  ["float32", "float32"],
  ["float16", "float16"],
  ["bfloat16", "bfloat16"],
  ["int64", "int64"],
  ["int32", "int32"],
  ["uint8", "uint8"],
  ["int8", "int8"],
  ["bool", "bool"],
] as const);

/** An empty list is stored as an array of no float64 numbers. */
function namesIn(attributes: Hdf5Attributes, name: string): readonly string[] {
  const value = attributes.get(name);
  const items = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === "string");
}

function countOf(group: Hdf5Group, name: string, file: string): number {
  const value = group.attributes.get(name);
  const count = Array.isArray(value) ? value[0] : value;
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0 && count < 100_000) {
    return count;
  }
  return fail("corrupt-file", `The attribute "${name}" is not a number of items.`, {
    at: { file, path: group.path },
  });
}

function missing(file: string, path: string, what: string, name: string): never {
  return fail("corrupt-file", `The ${what} "${name}" is listed here, but it is not in the file.`, {
    at: { file, path },
    hint: "The file is damaged or was written by another program; save it again.",
  });
}

import type { DType } from "../../ir/tensor.ts";
import type { OutputBytes } from "../bytes.ts";

/** The value of an attribute, in one of the forms that Keras' files have. */
export type AttributeContent =
  /** One text of any length, in the global heap. */
  | { readonly kind: "text"; readonly value: string; readonly charset: "ascii" | "utf-8" }
  /**
   * A list of texts: each as long in the file as the longest, or of any length in the global heap, as h5py 3 has them. An
   * empty list is one of float64 numbers.
   */
  | {
      readonly kind: "texts";
      readonly values: readonly string[];
      /** Left out: fixed. */
      readonly form?: "fixed" | "variable";
      /** Left out: ascii. */
      readonly charset?: "ascii" | "utf-8";
    }
  /** Whole numbers: a single one for `[]`. */
  | {
      readonly kind: "integers";
      readonly shape: readonly number[];
      readonly values: readonly bigint[];
    };

/** Types of numbers in a file: those of weights, and what seeds and counters have beside them. */
export type StoredType = DType | "uint16" | "uint32" | "uint64" | "int16";

/** An array of a file. */
export interface DatasetContent {
  readonly kind: "dataset";
  readonly dtype: StoredType;
  /** `[]` for a scalar. */
  readonly shape: readonly number[];
  readonly attributes: ReadonlyMap<string, AttributeContent>;
  /** Little-endian, row-major: as many bytes as the shape asks for. Written once. */
  readonly data: OutputBytes;
}

/** A folder of a file. Members may be added in any order: the file has them sorted. */
export interface GroupContent {
  readonly kind: "group";
  readonly attributes: ReadonlyMap<string, AttributeContent>;
  readonly members: ReadonlyMap<string, GroupContent | DatasetContent>;
}

/** A group while it is filled. */
export interface GroupDraft extends GroupContent {
  readonly attributes: Map<string, AttributeContent>;
  readonly members: Map<string, GroupDraft | DatasetContent>;
}

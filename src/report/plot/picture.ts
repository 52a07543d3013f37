/**
 * A model as a drawing, before anything is placed: boxes, lines between them, and frames around the layers of nested
 * models. Plain data; every text in it can be shown as it is, without control characters.
 */
export interface Picture {
  readonly title: string;
  readonly direction: Direction;
  /** In the order of the file. */
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  /** Every frame after the one around it. */
  readonly frames: readonly Frame[];
}

/** Where the data flows: from top to bottom, or from left to right. */
export type Direction = "TB" | "LR";

/** One layer, or a nested model that is not opened. */
export interface Box {
  /** Unique in the picture, made of letters and digits alone. */
  readonly id: string;
  /** The frame around it. */
  readonly frame?: string;
  readonly family: LayerFamily;
  /** The class, with that of a wrapped layer: `TimeDistributed(Dense)`. */
  readonly className: string;
  readonly name: string;
  /** The settings that matter most, in one line: `3×3, 64 filters, stride 2, relu`. */
  readonly facts: string;
  /** Shapes of its outputs, a line for each different one; empty when they are not wanted. */
  readonly shapes: readonly string[];
  /** `1,792 params`, or empty for a layer without. */
  readonly parameters: string;
  /** What makes it special: `output`, `shared ×2`, `frozen`. */
  readonly badges: readonly string[];
  /** Everything that is known, for those who ask. */
  readonly details: readonly Detail[];
}

/** A heading with names and values. */
export interface Detail {
  readonly heading: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** A tensor on its way. */
export interface Line {
  readonly from: string;
  readonly to: string;
  /** Empty when it is not known. */
  readonly shape: string;
  /** Which use of a shared layer: `call 2`; else empty. */
  readonly label: string;
}

/** A nested model that is opened. */
export interface Frame {
  readonly id: string;
  /** The frame around it. */
  readonly frame?: string;
  /** How many frames are around it. */
  readonly depth: number;
  /** Its name, class and parameters, in one line. */
  readonly title: string;
}

/** What kind of layer it is, which decides its colour. */
export type LayerFamily =
  | "port"
  | "conv"
  | "dense"
  | "recurrent"
  | "attention"
  | "embedding"
  | "norm"
  | "pool"
  | "activation"
  | "merge"
  | "shape"
  | "training"
  | "model"
  | "other";

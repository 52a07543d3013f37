import type { Preprocessing } from "../image/preprocessing.ts";

/** A model that gives scores for pictures, whatever runs it. */
export interface Classifier {
  readonly input: PictureInput;
  /** Scores for each picture; 1 where one sigmoid tells two classes apart. */
  readonly outputs: number;
  /**
   * The scores of `count` prepared pictures, which lie one behind the other in `inputs`; as the model gives them, row by
   * row.
   */
  score(inputs: Float32Array, count: number): Promise<Float32Array>;
  /** Likewise, with what the loss goes by besides; only where that was asked for and exists. */
  scoreForLoss?(inputs: Float32Array, count: number): Promise<ScoresForLoss>;
  dispose(): Promise<void>;
}

/** Rows of scores, and what the loss goes by besides. */
export interface ScoresForLoss {
  readonly scores: Float32Array;
  /** What the last softmax or sigmoid was given, likewise. */
  readonly logits?: Float32Array;
  /** What regularizers of outputs add to the loss for each picture. */
  readonly activities?: Float32Array;
}

/** What a model wants of a picture. */
export interface PictureInput {
  /** Of the model's input. */
  readonly name: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly layout: "channels-last" | "channels-first";
  readonly preprocessing: Preprocessing;
}

/** Width and height in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

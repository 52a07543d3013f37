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
  /** Likewise, with what the last softmax or sigmoid was given; only where that was asked for and exists. */
  scoreWithLogits?(inputs: Float32Array, count: number): Promise<ScoresWithLogits>;
  dispose(): Promise<void>;
}

/** Rows of scores, and of the numbers that they were made of. */
export interface ScoresWithLogits {
  readonly scores: Float32Array;
  readonly logits: Float32Array;
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

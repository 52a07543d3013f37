/** What a model file says beside its mathematics, in plain data. Keras files say nothing of it. */
export interface ModelStatement {
  /** The inputs that take a picture. */
  readonly images: readonly ImageStatement[];
  /** Labels of a classifier, in the order of its scores. */
  readonly labels?: readonly string[] | readonly number[];
  /** The output of the graph that holds the scores, by its port's name. */
  readonly scores?: string;
  /** Output that holds the best label. */
  readonly predictedFeatureName?: string;
  /** What is said of each input and output, by name. */
  readonly inputDescriptions: Readonly<Record<string, string>>;
  readonly outputDescriptions: Readonly<Record<string, string>>;
  readonly metadata: ModelMetadata;
}

/**
 * A picture as an input takes it, pixels 0 to 255: the graph's input is `pixel * scale + bias`, with the channels in
 * `colorOrder`. Scale and bias stand in the order red, green, blue; a gray picture has three equal ones.
 */
export interface ImageStatement {
  /** Name of the graph's input. */
  readonly input: string;
  readonly channels: 1 | 3;
  readonly preprocessing: {
    readonly name: string;
    readonly colorOrder: "rgb" | "bgr";
    readonly scale: readonly [red: number, green: number, blue: number];
    readonly bias: readonly [red: number, green: number, blue: number];
  };
}

/** Who made a model and what for; absent where the file does not say. */
export interface ModelMetadata {
  readonly author?: string;
  readonly license?: string;
  readonly shortDescription?: string;
  readonly version?: string;
  readonly userDefined: Readonly<Record<string, string>>;
}

/** What a model says of one picture; plain data. */
export interface Prediction {
  readonly file: string;
  /** The true class, where it is known. */
  readonly label?: string;
  readonly predicted: string;
  /** By class, in the order of the scores. */
  readonly probabilities: readonly number[];
}

/** One class with its probability. */
export interface RankedClass {
  readonly label: string;
  readonly probability: number;
}

/** The `k` classes with the highest probabilities, the highest first; of equals the first. */
export function topClasses(
  probabilities: readonly number[],
  classes: readonly string[],
  k: number,
): readonly RankedClass[] {
  return probabilities
    .map((probability, index) => ({ label: classes[index] ?? String(index), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, k);
}

/** Rows of scores as predictions. */
export function predictionsOf(
  files: readonly { readonly name: string; readonly label?: number | undefined }[],
  scores: ArrayLike<number>,
  classes: readonly string[],
): readonly Prediction[] {
  return files.map(({ name, label }, row) => {
    const probabilities = classes.map((_, column) => scores[row * classes.length + column] ?? 0);
    const [best] = topClasses(probabilities, classes, 1);
    const truth = label === undefined ? undefined : classes[label];
    return {
      file: name,
      ...(truth === undefined ? {} : { label: truth }),
      predicted: best?.label ?? "",
      probabilities,
    };
  });
}

/** The file and its best classes, one a line. */
export function predictionLines(
  prediction: Prediction,
  classes: readonly string[],
  top: number,
): readonly string[] {
  const ranked = topClasses(prediction.probabilities, classes, top);
  const width = Math.max(...ranked.map(({ label }) => label.length));
  return [
    prediction.file,
    ...ranked.map(
      ({ label, probability }) => `  ${label.padEnd(width)}  ${(probability * 100).toFixed(2)} %`,
    ),
  ];
}

import { predictedClasses, type Scored, scoreAt } from "./scored.ts";

/** A sample that was taken for another class. */
export interface Mistake {
  readonly sample: number;
  readonly truth: number;
  readonly predicted: number;
  /** Score of the class predicted. */
  readonly confidence: number;
  /** Score of the true class. */
  readonly ofTruth: number;
}

/** The mistakes the model was most sure of, the worst first; among equals the one that gave the truth less, then the earlier. */
export function worstMistakes(scored: Scored, limit = 24): readonly Mistake[] {
  const { classes, truth, scores } = scored;
  const mistakes: Mistake[] = [];
  predictedClasses(scored).forEach((predicted, sample) => {
    const label = truth[sample] ?? 0;
    if (predicted === label) return;
    const at = (c: number) => scoreAt(scores, sample, classes.length, c);
    mistakes.push({
      sample,
      truth: label,
      predicted,
      confidence: at(predicted),
      ofTruth: at(label),
    });
  });
  mistakes.sort((a, b) => b.confidence - a.confidence || a.ofTruth - b.ofTruth);
  return mistakes.slice(0, limit);
}

import type { ClassScore, ClassScores } from "./class-scores.ts";

/**
 * The text of scikit-learn's `classification_report`, byte for byte.
 * @see sklearn/metrics/_classification.py `classification_report`
 */
export function classificationReport(
  classes: readonly string[],
  { perClass, micro, macro, weighted }: ClassScores,
  digits = 2,
): string {
  const width = Math.max(...classes.map(lengthOf), "weighted avg".length, digits);
  const number = (value: number) => toFixed(value, digits).padStart(9);
  // Without a single hit scikit-learn counts in floating point, and shows it.
  const noHit = micro.recall === 0;
  const count = (support: number) => `${support}${noHit ? ".0" : ""}`.padStart(9);
  const line = (name: string, score: ClassScore) =>
    `${padStart(name, width)}  ${number(score.precision)} ${number(score.recall)} ${number(score.f1)} ` +
    `${count(score.support)}\n`;
  const headers = ["precision", "recall", "f1-score", "support"];
  const head = `${" ".repeat(width)}  ${headers.map((text) => text.padStart(9)).join(" ")}\n`;
  const rows = classes.flatMap((name, c) => {
    const score = perClass[c];
    return score === undefined ? [] : [line(name, score)];
  });
  const accuracy =
    `${padStart("accuracy", width)}  ${" ".repeat(9)} ${" ".repeat(9)} ${number(micro.f1)} ` +
    `${count(micro.support)}\n`;
  const averages = `${line("macro avg", macro)}${line("weighted avg", weighted)}`;
  return `${head}\n${rows.join("")}\n${accuracy}${averages}`;
}

/** Digits behind the point as Python writes them: a value exactly between two goes to the even one. */
export function toFixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  const halves = value * 2 ** (digits + 1);
  const scaled = value * 10 ** digits;
  const isTie = Number.isInteger(halves) && Math.abs(scaled % 1) === 0.5;
  if (!isTie) return value.toFixed(digits);
  return ((2 * Math.round(scaled / 2)) / 10 ** digits).toFixed(digits);
}

/** In characters, as Python counts them. */
function lengthOf(text: string): number {
  return [...text].length;
}

function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - lengthOf(text))) + text;
}

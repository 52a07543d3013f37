import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { classificationReport } from "../../src/evaluate/classification-report.ts";
import { normalizeByTrue } from "../../src/evaluate/confusion.ts";
import { evaluateScores } from "../../src/evaluate/evaluation.ts";
import { topKAccuracy } from "../../src/evaluate/scored.ts";
import { FIXTURES } from "../cases.ts";

interface Averages {
  readonly precision: number;
  readonly recall: number;
  readonly "f1-score": number;
  readonly support: number;
}

/** What scikit-learn 1.9.1 says; see fixtures/generators/evaluation.py. */
interface Reference {
  readonly names: readonly string[];
  readonly digits: number;
  readonly y_true: readonly number[];
  readonly y_pred: readonly number[];
  readonly accuracy: number;
  readonly top3_accuracy: number | null;
  readonly log_loss: number;
  readonly confusion_matrix: readonly (readonly number[])[];
  readonly confusion_matrix_true: readonly (readonly number[])[];
  readonly report_dict: Readonly<Record<string, Averages>>;
  readonly cohen_kappa: number;
  readonly matthews: number;
  readonly balanced_accuracy: number;
  readonly roc_auc_ovr_macro: number | null;
}

const FOLDER = join(FIXTURES, "evaluation");

function load(name: string) {
  const text = readFileSync(join(FOLDER, `${name}.json`), "utf8");
  const expected: Reference = JSON.parse(text);
  const bytes = new Uint8Array(readFileSync(join(FOLDER, `${name}.probabilities.bin`)));
  const scored = {
    classes: expected.names,
    truth: expected.y_true,
    scores: new Float32Array(bytes.buffer),
  };
  return { expected, scored, evaluation: evaluateScores(scored) };
}

function averages({
  precision,
  recall,
  f1,
  support,
}: {
  precision: number;
  recall: number;
  f1: number;
  support: number;
}) {
  return { precision, recall, "f1-score": f1, support };
}

function close(actual: number | undefined, expected: number | null | undefined): void {
  expect(Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN))).toBeLessThan(1e-12);
}

describe.each(["snacks", "imbalanced", "tiny", "binary", "perfect"])(
  "predictions of %s",
  (name) => {
    const { expected, scored, evaluation } = load(name);

    it("take the best class", () => {
      expect(evaluation.predicted).toEqual(expected.y_pred);
    });

    it("have scikit-learn's report, byte for byte", () => {
      const text = classificationReport(expected.names, evaluation.scores, expected.digits);
      expect(text).toBe(readFileSync(join(FOLDER, `${name}.report.txt`), "utf8"));
    });

    it("have its confusion matrix", () => {
      expect(evaluation.confusion).toEqual(expected.confusion_matrix);
      normalizeByTrue(evaluation.confusion).forEach((row, r) => {
        row.forEach((share, c) => {
          close(share, expected.confusion_matrix_true[r]?.[c]);
        });
      });
    });

    it("have its scores of every class and average", () => {
      const { perClass, macro, weighted } = evaluation.scores;
      const named = [
        ...expected.names.map((label, c) => [label, perClass[c]] as const),
        ["macro avg", macro] as const,
        ["weighted avg", weighted] as const,
      ];
      for (const [label, score] of named) {
        if (score === undefined) throw new Error(`The class ${label} has no score.`);
        for (const key of ["precision", "recall", "f1-score", "support"] as const) {
          close(averages(score)[key], expected.report_dict[label]?.[key]);
        }
      }
    });

    it("have its accuracy, agreement, loss and area", () => {
      close(evaluation.accuracy, expected.accuracy);
      close(evaluation.balancedAccuracy, expected.balanced_accuracy);
      close(evaluation.cohenKappa, expected.cohen_kappa);
      close(evaluation.matthews, expected.matthews);
      close(evaluation.logLoss, expected.log_loss);
      if (expected.top3_accuracy !== null) close(topKAccuracy(scored, 3), expected.top3_accuracy);
    });

    it("have its area under the ROC curve, or none where a class has no samples", () => {
      const { ovrMacro } = evaluation.rocAuc;
      if (expected.roc_auc_ovr_macro === null) expect(ovrMacro).toBeUndefined();
      else close(ovrMacro, expected.roc_auc_ovr_macro);
    });
  },
);

describe("evaluateScores", () => {
  const classes = ["a", "b"];

  it("refuses scores that fit neither classes nor truth", () => {
    expect(() => evaluateScores({ classes, truth: [], scores: [] })).toThrow("There is no sample");
    expect(() => evaluateScores({ classes, truth: [0], scores: [1, 0, 0] })).toThrow(
      "There are 3 scores for each sample, but 2 classes.",
    );
    expect(() => evaluateScores({ classes, truth: [2], scores: [1, 0] })).toThrow(
      "Sample 0 is of class 2, expected 0 to 1.",
    );
    expect(() => evaluateScores({ classes: ["a"], truth: [0], scores: [1] })).toThrow(
      "There is 1 class, expected at least 2.",
    );
  });

  it("refuses scores that are no numbers", () => {
    expect(() => evaluateScores({ classes, truth: [0, 1], scores: [1, 0, Number.NaN, 0] })).toThrow(
      "The model gives NaN for sample 1.",
    );
  });
});

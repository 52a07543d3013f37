import { evaluateScores } from "../../../src/evaluate/index.ts";
import type { EvaluationReport } from "../../../src/report/evaluation/evaluation-report.ts";

/** A report of five pictures in two classes with names that want to break out, three of them wrong. */
export function hostileReport(): EvaluationReport {
  const classes = ['<script>alert("a")</script>', "</script>|b`"];
  const truth = [0, 0, 1, 1, 0];
  const scores = [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.4, 0.6, 0.45, 0.55];
  return {
    title: "<img src=x onerror=alert(1)>",
    evaluation: evaluateScores({ classes, truth, scores }, { loss: 0.5 }),
    truth,
    scores,
    names: ['a/"1".jpg', "a/<2>.jpg", "=b/3.jpg", "b/4,5.jpg", "a/5.jpg"],
    faults: [{ name: "<b>.jpg", why: "It is <empty>." }],
    provenance: [["Command", 'kc evaluate "<x>"']],
    thumbnails: new Map([[2, "data:image/jpeg;base64,AAAA"]]),
  };
}

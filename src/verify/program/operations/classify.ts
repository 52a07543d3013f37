import type { OperationRun } from "../call.ts";

/** The label with the highest score, and all scores by label. */
export const classify: OperationRun = (call) => {
  const { data } = call.tensor("probabilities");
  const [classes] = call.values("classes");
  const labels =
    classes?.kind === "labels" ? classes.labels : call.fail("has no list of labels", "bad-config");
  if (labels.length !== data.length) {
    call.fail(`has ${labels.length} labels for ${data.length} scores`, "bad-config");
  }
  if (new Set(labels).size !== labels.length) call.fail("has a label twice", "bad-config");
  const best = data.reduce((at, score, index) => (score > (data[at] ?? 0) ? index : at), 0);
  return [
    { kind: "answer", answer: labels[best] ?? "" },
    { kind: "answer", answer: new Map(labels.map((label, index) => [label, data[index] ?? 0])) },
  ];
};

import { inMessage, type Rule } from "../formats/coreml/rewrite.ts";

/** A change to a whole model. */
export interface Change {
  readonly rule: Rule;
  /** What it did, a line each; to be asked for when the rule has run. */
  report(): readonly string[];
}

/** What to do to a pipeline, whatever its kind, when it is known what to do to each of its models. */
export function inMembers(ruleOf: (index: number) => Rule | undefined) {
  const pipeline = inMessage("Pipeline", {
    models: { each: (content, index) => ruleOf(index)?.(content) },
  });
  return {
    pipeline,
    pipelineClassifier: inMessage("PipelineClassifier", { pipeline }),
    pipelineRegressor: inMessage("PipelineRegressor", { pipeline }),
  };
}

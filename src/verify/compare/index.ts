export type { Difference } from "./agreement.ts";
export {
  type CompareOptions,
  type Comparison,
  compareModels,
  type OutputComparison,
} from "./compare.ts";
export { compareOutputs, type GraphSample, graphSamples, runGraph } from "./compare-outputs.ts";
export type { Divergence } from "./first-divergence.ts";
export { type InputPlan, type Preparation, planInputs } from "./input-plan.ts";
export { labelFault } from "./labels.ts";
export { type Random, seededRandom } from "./random.ts";
export { pictureSample, randomSamples, type Sample } from "./sample.ts";
export { defaultTolerance } from "./tolerance.ts";

export { emitters } from "./emitters.ts";
export type { CoreMLOptions } from "./options.ts";
export type { CoreMLSummary, FeatureSummary } from "./summary.ts";
export { type CoreMLResult, writeCoreML } from "./write.ts";

export { emitters } from "./emitters.ts";
export type { CoreMLOptions } from "./options.ts";
export { type CoreMLResult, type CoreMLSummary, writeCoreML } from "./write.ts";

export type { OnnxOptions } from "./options.ts";
export type { OnnxSummary } from "./summary.ts";
export { type OnnxResult, writeOnnx } from "./write.ts";

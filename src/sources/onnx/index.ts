export { type OnnxSummary, summariseOnnx } from "./summarise.ts";

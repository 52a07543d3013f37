export { type CoreMLModel, type ReadCoreMLOptions, readCoreML } from "./read-coreml.ts";

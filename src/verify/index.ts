export type { ArrayInput, ModelInput } from "./features.ts";
export type { PixelImage } from "./image.ts";
export {
  createInterpreter,
  type Interpreter,
  type ModelOutput,
  runCoreML,
} from "./interpreter.ts";
export type { Tensor } from "./tensor.ts";

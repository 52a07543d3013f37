export {
  ARCHITECTURES,
  type ArchitectureOptions,
  architectureConfig,
  findArchitecture,
} from "./architecture.ts";
export { VERSION as ARCHITECTURE_VERSION } from "./network.ts";

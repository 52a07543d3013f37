export { ARCHITECTURES, type ArchitectureOptions, architectureConfig } from "./architecture.ts";
export { VERSION as ARCHITECTURE_VERSION } from "./network.ts";

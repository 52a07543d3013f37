// Kernels for gradients, on the memory of a backend of TensorFlow.js in WebAssembly.
export {
  centredSums,
  columnSums,
  normalise,
  sumSegments,
  takeColumns,
  throughNormal,
  throughRelu,
} from "./columns";
export { convFilter, convFilterScratch } from "./conv-filter";
export { convInput, packFilters } from "./conv-input";
export { depthwiseFilter, depthwiseInput } from "./depthwise";
export { averageInput, maximumInput } from "./pool";

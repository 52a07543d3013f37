export { type KerasModel, type ReadKerasOptions, readKeras } from "./read-keras.ts";

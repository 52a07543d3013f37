export { type KerasContainer, type KerasResult, writeKeras3 } from "./write.ts";

import { ELEMENT, type ElementType } from "./element.ts";

/** Types for which runtimes lack kernels that ONNX defines; such values are computed as float32. */
export function isRareElement(element: ElementType): boolean {
  return element === ELEMENT.uint8 || element === ELEMENT.int8 || element === ELEMENT.bool;
}

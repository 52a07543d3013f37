import { tensor1d } from "@tensorflow/tfjs-core";
import { bindingNumber, type NodeBackend } from "./node-backend.ts";

/**
 * Has TensorFlow take so many bytes from the system at once. It keeps what it takes, else in regions each twice as large as the last, whose ends
 * and beginnings no tensor fits into. Of memory that nothing is written to only a 32nd is used up, for TensorFlow's index of it.
 */
export function reserveMemory(node: NodeBackend, bytes: number): void {
  const shape = tensor1d([Math.ceil(bytes / ROW), ROW / 4], "int32");
  const attributes = [
    {
      name: "dtype",
      type: bindingNumber(node, "TF_ATTR_TYPE"),
      value: bindingNumber(node, "TF_FLOAT"),
    },
    { name: "init", type: bindingNumber(node, "TF_ATTR_BOOL"), value: false },
  ];
  try {
    node.executeSingleOutput("Empty", attributes, [shape]).dispose();
  } catch {
    // Then it takes what it needs when it needs it.
  } finally {
    shape.dispose();
  }
}

const ROW = 2 ** 20;

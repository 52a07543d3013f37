import { schemasOf } from "../coreml/schema.ts";
import { enumTable, messageTable } from "./schema.gen.ts";

/** The fields of a message of ONNX. */
export const onnxSchema = schemasOf(messageTable, enumTable);

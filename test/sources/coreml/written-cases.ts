import { collectBytes } from "../../../src/formats/bytes.ts";
import { decodeModel } from "../../../src/formats/coreml/decode.ts";
import type { Model } from "../../../src/formats/coreml/types.gen.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import type { CoreMLResult } from "../../../src/targets/coreml-nn/index.ts";
import type { Case } from "../../cases.ts";
import { formsOf } from "../../forms.ts";

/** What Core ML networks cannot say, or what is no model: the tests of the writer know the reasons. */
export const NOT_WRITTEN: ReadonlySet<string> = new Set([
  "micro/arg_custom_layer",
  "micro/refuse_lambda",
  "layers/k3_act_sparsemax",
  "layers/k3_custom_function",
  "layers/k3_quantized_int8",
  "layers/k3_subclassed",
  "layers/tf_convlstm3d",
  "layers/tf_lstm_time_major",
]);

/** The graph of a case's first form. */
export function readCase(testCase: Case): Graph {
  const [form] = formsOf(testCase);
  if (form === undefined) throw new Error(`${testCase.id} has no model`);
  return form.read().graph;
}

/** The message of a model just written, from its bytes. */
export function decoded({ file }: CoreMLResult): Model {
  return decodeModel(collectBytes(file));
}

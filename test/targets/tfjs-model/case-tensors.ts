import * as tf from "@tensorflow/tfjs-core";
import type { Graph } from "../../../src/ir/graph.ts";
import type { NamedRunArray } from "../../../src/targets/tfjs/index.ts";
import { caseInputs } from "../../case-numbers.ts";
import type { Case } from "../../cases.ts";

/** The case's inputs as tensors, in the order of the graph's inputs. */
export function caseTensors(graph: Graph, testCase: Case): tf.Tensor[] {
  const inputs = caseInputs(graph.inputs, testCase);
  return graph.inputs.map(({ name, value }) => {
    const { shape = [], data = new Float32Array() } = inputs.get(name) ?? {};
    const whole = graph.types.get(value)?.dtype.startsWith("int") ?? false;
    return tf.tensor(data, [...shape], whole ? "int32" : "float32");
  });
}

/** Numbers of tensors. */
export function namedArrays(tensors: readonly tf.Tensor[]): readonly NamedRunArray[] {
  return tensors.map((tensor, index) => ({
    name: `output ${index}`,
    shape: tensor.shape,
    data: Float32Array.from(tensor.dataSync()),
  }));
}

import { keep, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { formatShape, ownNumbers, sizeOf } from "../ir/tensor.ts";

/** One batch, batch first, row-major. */
export interface Batch {
  /** In the order of the model's inputs; the numbers may lie in shared memory. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[];
  /** Of the output's size; one class number a sample for sparse losses. For a model with several outputs it is that of each. */
  readonly target: Float32Array;
  /** One for each of several outputs, in their order, instead of `target`. */
  readonly targets?: readonly Float32Array[];
  /** What each sample counts; 1 by default. */
  readonly weights?: Float32Array;
}

/** The inputs of a batch as tensors that outlive the scope that is open. Throws `bad-shape` for inputs that are not the model's. */
export function inputsOf(graph: Graph, { inputs }: Batch): Tensor[] {
  const [asked, given] = [graph.inputs.length, inputs.length];
  if (asked !== given) fail("bad-shape", `The model has ${asked} inputs, the batch ${given}.`);
  graph.inputs.forEach(({ name, value }, index) => {
    const { shape, data } = inputs[index] ?? { shape: [], data: [] };
    const expected = graph.types.get(value)?.shape ?? [];
    const fits =
      shape.length === expected.length &&
      shape.every((size, axis) => (expected[axis] ?? size) === size) &&
      data.length === sizeOf(shape);
    if (fits) return;
    const [own, wanted] = [formatShape(shape), formatShape(expected)];
    fail(
      "bad-shape",
      `The batch has ${data.length} numbers of ${own} for the input "${name}", expected ${wanted}.`,
    );
  });
  return inputs.map(({ data, shape }) => keep(tensor(ownNumbers(data), [...shape], "float32")));
}

/** What each of the outputs should have been. Throws `bad-shape` for another number of targets. */
export function targetsOf({ target, targets }: Batch, outputs: number): readonly Float32Array[] {
  if (targets === undefined) return new Array<Float32Array>(outputs).fill(target);
  if (targets.length === outputs) return targets;
  return fail(
    "bad-shape",
    `The model has ${outputs} outputs, the batch ${targets.length} targets.`,
  );
}

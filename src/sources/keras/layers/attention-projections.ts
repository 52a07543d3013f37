import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { concatWeights } from "../../../weights/concat.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import { sliceWeight } from "../../../weights/slice.ts";
import type { LayerCall } from "../layer-spec.ts";
import { knownSize } from "./axes.ts";
import { withBias } from "./conv.ts";
import { looseNumbers } from "./numbers.ts";
import { emitPermute, emitReshape } from "./shape.ts";

/** The heads of an attention layer. */
export interface Heads {
  readonly heads: number;
  /** Heads of keys and values in the file; each serves `heads / stored` heads of queries. */
  readonly stored: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/** `(batch, steps, features)` to `(batch, heads, steps, size)`. */
export function project(
  call: LayerCall,
  part: string,
  input: ValueId,
  to: { readonly heads: number; readonly stored: number; readonly size: number },
): ValueId {
  const flat = projectFlat(call, part, input, to);
  const [, steps = null] = call.shapeOf(input);
  return emitPermute(call, emitReshape(call, flat, [steps, to.heads, to.size]), [0, 2, 1, 3]);
}

/** `(batch, steps, features)` to `(batch, steps, heads * size)`. */
function projectFlat(
  call: LayerCall,
  part: string,
  input: ValueId,
  to: { readonly heads: number; readonly stored: number; readonly size: number },
): ValueId {
  const features = knownSize(call, input, 2);
  const { heads, stored, size } = to;
  const kernel = call.weight(`${part}/kernel`, [features, stored, size]);
  const bias = call.optionalWeight(`${part}/bias`, [stored, size]);
  const times = heads / stored;
  const wide = reshapeWeight(repeatHeads(kernel, 1, times), [features, heads * size]);
  const flatBias =
    bias === undefined ? undefined : reshapeWeight(repeatHeads(bias, 0, times), [heads * size]);
  return call.emit({ kind: "dense", weights: withBias(wide, flatBias) }, input);
}

/** Each head `times` times in a row. */
function repeatHeads(weight: WeightRef, axis: number, times: number): WeightRef {
  if (times === 1) return weight;
  const heads = Array.from({ length: weight.shape[axis] ?? 0 }, (_, head) =>
    sliceWeight(weight, axis, head, head + 1),
  );
  const repeated = heads.flatMap((head) => Array.from({ length: times }, () => head));
  return concatWeights(repeated, axis);
}

/** `(batch, heads, steps, size)` back to `(batch, steps, features)`, through the gate if there is one. */
export function joinHeads(
  call: LayerCall,
  attended: ValueId,
  query: ValueId,
  sizes: Heads,
): ValueId {
  const { heads, valueSize } = sizes;
  const width = heads * valueSize;
  const [, steps = null] = call.shapeOf(query);
  const rows = emitReshape(call, emitPermute(call, attended, [0, 2, 1, 3]), [steps, width]);
  const gated = call.config.bool("use_gate", false) ? gate(call, rows, query, sizes) : rows;
  const given = looseNumbers(call.config, "output_shape");
  const outputShape = given ?? [knownSize(call, query, 2)];
  const columns = outputShape.reduce((size, dim) => size * dim, 1);
  const kernel = call.weight("attention_output/kernel", [heads, valueSize, ...outputShape]);
  const bias = call.optionalWeight("attention_output/bias", outputShape);
  const weights = withBias(
    reshapeWeight(kernel, [width, columns]),
    bias === undefined ? undefined : reshapeWeight(bias, [columns]),
  );
  const output = call.emit({ kind: "dense", weights }, gated);
  return outputShape.length === 1 ? output : emitReshape(call, output, [steps, ...outputShape]);
}

function gate(call: LayerCall, rows: ValueId, query: ValueId, sizes: Heads): ValueId {
  const { heads, valueSize } = sizes;
  const flat = projectFlat(call, "gate", query, { heads, stored: heads, size: valueSize });
  const activation = { fn: "sigmoid" } as const;
  const open = call.emit({ kind: "activation", activation, weights: {} }, flat);
  return call.emit({ kind: "merge", fn: "multiply", weights: {} }, rows, open);
}

import type { WeightParams } from "../../../formats/coreml/types.gen.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { reshapeWeight } from "../../../weights/reshape.ts";
import type { Blob } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { constantFor, emitScaled } from "./affine-steps.ts";

/** Multiplies by, then adds, a vector or block over channels, height and width. */
export const scale = on("scale", (params, call) => {
  const x = placedFor(call, call.input(0, 3), [
    params.shapeScale,
    params.hasBias ? params.shapeBias : [],
  ]);
  const factors = block(call, x, params.shapeScale, params.scale, "scale");
  const offset =
    params.hasBias === true ? block(call, x, params.shapeBias, params.bias, "bias") : undefined;
  call.finishAs(emitScaled(call, call.valueOf(x), { scale: factors, offset }), x);
});

/** Adds a vector or block over channels, height and width. */
export const bias = on("bias", (params, call) => {
  const x = placedFor(call, call.input(0, 3), [params.shape]);
  const offset = block(call, x, params.shape, params.bias, "bias");
  call.finishAs(emitScaled(call, call.valueOf(x), { offset }), x);
});

/** The blob with an axis of the value wherever a constant has more than one element. */
function placedFor(
  call: LayerCall,
  x: Blob,
  shapes: readonly (readonly number[] | undefined)[],
): Blob {
  const rank = x.axes.length;
  const wide = shapes.flatMap((shape = []) =>
    fullShape(shape).flatMap((dim, index) => (dim === 1 ? [] : [rank - 3 + index])),
  );
  for (const index of wide) call.touch(x, index);
  return x;
}

/** `[1]`, `[C]`, `[1, H, W]` or `[C, H, W]` */
function block(
  call: LayerCall,
  x: Blob,
  shape: readonly number[] = [],
  params: WeightParams | undefined,
  role: string,
): WeightRef {
  const full = fullShape(shape);
  if (full.length !== 3) call.fail(`has a ${role} of shape [${shape.join(", ")}]`);
  const weight = call.weight(params, shape, role);
  const fitting = constantFor(call, reshapeWeight(weight, full), x);
  if (fitting !== undefined) return fitting;
  for (const dim of full) if (dim !== 1) call.guessLength(dim);
  return call.fail(
    `has a ${role} of shape [${shape.join(", ")}], but its input is [${call.dims(x).join(", ")}]`,
  );
}

function fullShape(shape: readonly number[]): readonly number[] {
  return shape.length === 1 ? [...shape, 1, 1] : shape;
}

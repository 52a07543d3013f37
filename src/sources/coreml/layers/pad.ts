import type { PadOp } from "../../../ir/ops/pad.ts";
import type { Blob } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { borderAmounts } from "./window.ts";

type Amounts = readonly (readonly [number, number])[];

/** Height and width, by a constant, by reflection, or by repeating the edge. @see NeuralNetwork.proto PaddingLayerParams */
export const padding = on("padding", (params, call) => {
  const x = call.input(0, 2);
  const none = new Array<readonly [number, number]>(x.axes.length - 2).fill([0, 0]);
  const amounts = [...none, ...borderAmounts(params.paddingAmounts)];
  const mode =
    params.reflection !== undefined
      ? "reflect"
      : params.replication !== undefined
        ? "edge"
        : "constant";
  lowerPad(call, x, amounts, { mode, value: params.constant?.value ?? 0 });
});

/** Every axis by a constant; amounts, or the wanted sizes. @see NeuralNetwork.proto ConstantPaddingLayerParams */
export const constantPad = on("constantPad", (params, call) => {
  if (call.inputCount > 1) call.refuse("its amounts are computed by another layer");
  const x = call.input();
  const { padAmounts = [], value = 0 } = params;
  if (padAmounts.length !== 2 * x.axes.length) {
    call.fail(`has ${padAmounts.length} amounts, but its input has ${x.axes.length} axes`);
  }
  const dims = call.dims(x);
  const amounts = dims.map((size, index): readonly [number, number] => {
    const [before = 0, after = 0] = padAmounts.slice(2 * index, 2 * index + 2);
    if (params.padToGivenOutputSizeMode !== true) return [before, after];
    if (size === null) return call.refuse("it pads an axis of free size to a given one");
    return [before > 0 ? Math.max(0, before - size) : 0, after > 0 ? Math.max(0, after - size) : 0];
  });
  lowerPad(call, x, amounts, { mode: "constant", value });
});

function lowerPad(
  call: LayerCall,
  x: Blob,
  amounts: Amounts,
  fill: Pick<PadOp, "mode" | "value">,
): void {
  const padded = amounts.flatMap(([before, after], index) =>
    before === 0 && after === 0 ? [] : [index],
  );
  for (const index of padded) call.touch(x, index);
  const places = call.placesWith(x, ...padded);
  const value = call.arrange(x, places);
  const all = [[0, 0] as const, ...places.map((index) => amounts[index] ?? ([0, 0] as const))];
  call.finish(
    call.emit({ kind: "pad", amounts: all, ...fill, weights: {} }, value),
    x.axes,
    places,
  );
}

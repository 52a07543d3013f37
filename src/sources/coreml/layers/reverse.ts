import { axesAt, placedAxes } from "../blob.ts";
import { on } from "../layer-call.ts";

/**
 * Turns axes round. The graph's ops can do so only with the sequence of a recurrent layer that reads backward: it is
 * then the second way of a bidirectional one.
 */
export const reverse = on("reverse", ({ reverseDim = [] }, call) => {
  const x = call.input();
  const dims = call.dims(x);
  const turned = reverseDim.flatMap((flip, index) => (flip && dims[index] !== 1 ? [index] : []));
  if (turned.length === 0) return call.bind(x);
  const [steps = 0] = turned;
  const places = placedAxes(x);
  const source = call.makerOf(call.valueOf(x));
  const op = source?.op;
  const along = turned.length === 1 && places[0] === steps;
  if (op?.kind !== "recurrent" || !along || op.direction !== "backward" || !op.returnSequences) {
    return call.refuse("it turns an axis round");
  }
  const { kernel, recurrentKernel, bias } = op.weights;
  const weights = {
    ...op.weights,
    backwardKernel: kernel,
    backwardRecurrentKernel: recurrentKernel,
    ...(bias === undefined ? {} : { backwardBias: bias }),
  };
  if (op.initialState)
    call.refuse("it turns round the sequence of a layer that is given its state");
  const both = {
    ...op,
    direction: "bidirectional",
    merge: null,
    returnState: false,
    weights,
  } as const;
  const [, value = ""] = call.emitAll(both, source?.inputs.slice(0, 1) ?? []);
  call.bind({ value, axes: axesAt(x.axes, places) });
});

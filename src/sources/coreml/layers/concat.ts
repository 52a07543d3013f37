import { axesAt, type Blob, UNIT } from "../blob.ts";
import { type LayerCall, on } from "../layer-call.ts";
import { alignBlobs } from "./merge.ts";

/** Along channels or the sequence. */
export const concat = on("concat", ({ sequenceConcat }, call) => {
  const fromEnd = sequenceConcat === true ? 5 : 3;
  const { axes } = call.input(0, fromEnd);
  join(call, call.inputs, axes.length - fromEnd);
});

/** Along any axis. */
export const concatND = on("concatND", ({ axis = 0, interleave }, call) => {
  if (interleave === true) call.refuse("it takes elements of its inputs in turns");
  const { axes } = call.input(0, 1);
  join(call, call.inputs, call.axis(axis, axes.length));
});

/** Along a new axis. */
export const stack = on("stack", ({ axis = 0 }, call) => {
  const { axes } = call.input();
  const at = call.axis(axis, axes.length + 1);
  const apart = call.inputs.map((blob): Blob => {
    return { ...blob, axes: [...blob.axes.slice(0, at), UNIT, ...blob.axes.slice(at)] };
  });
  join(call, apart, at);
});

function join(call: LayerCall, blobs: readonly Blob[], index: number): void {
  for (const blob of blobs) call.touch(blob, index);
  if (blobs.length === 1) {
    const [only] = blobs;
    if (only !== undefined) call.bind(only);
    return;
  }
  // a blob that has the axis makes all have it
  const withAxis = blobs.map((blob): Blob => {
    const places = call.placesWith(blob, index);
    return { value: call.arrange(blob, places), axes: axesAt(blob.axes, places) };
  });
  const { values, axes, places } = alignBlobs(call, withAxis);
  const value = call.emit(
    { kind: "concat", axis: places.indexOf(index) + 1, weights: {} },
    ...values,
  );
  call.bind({ value, axes });
}

import { padConstant, padFrom } from "../../padding.ts";
import type { OperationRun } from "../call.ts";

/** The last axes by a constant, by reflection without repeating the edge, or by repeating the edge. */
export const pad: OperationRun = (call) => {
  const x = call.tensor();
  const amounts = call.numbers("pad");
  const rank = x.shape.length;
  call.require(
    amounts.length % 2 === 0 &&
      amounts.length <= 2 * rank &&
      amounts.every((amount) => Number.isInteger(amount) && amount >= 0),
    `pads [${x.shape}] by [${amounts}]`,
  );
  const none = new Array<number>(rank - amounts.length / 2).fill(0);
  const before = [...none, ...amounts.filter((_, index) => index % 2 === 0)];
  const after = [...none, ...amounts.filter((_, index) => index % 2 === 1)];
  const mode = call.word("mode", ["constant", "reflect", "replicate"], "constant");
  const value = call.number("constant_val", 0);
  if (mode === "constant") return padConstant(x, before, after, value);
  if (mode === "replicate") return padFrom(x, before, after, (at, size) => (at < 0 ? 0 : size - 1));
  const fits = x.shape.every(
    (size, axis) => Math.max(before[axis] ?? 0, after[axis] ?? 0) < Math.max(1, size),
  );
  call.require(fits, `reflects more than there is of [${x.shape}]`);
  return padFrom(x, before, after, (at, size) => (at < 0 ? -at : 2 * (size - 1) - at));
};

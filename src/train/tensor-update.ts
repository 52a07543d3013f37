import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { tensorAt } from "../targets/tfjs/forward.ts";
import type { Arithmetic } from "../targets/tfjs/tensorflow/arithmetic.ts";
import { recordWork } from "../targets/tfjs/tensorflow/recorded-work.ts";
import type { Source } from "../targets/tfjs/tensorflow/recorder.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import type { TensorRule, TensorUpdate } from "./tensor-rules.ts";
import { joined, parted, type WeightGroup } from "./weight-groups.ts";

/** How weights are updated. */
export interface TensorsUpdate {
  readonly settings: OptimizerSettings;
  readonly rule: TensorRule;
  readonly arithmetic: Arithmetic;
}

/** Weights that are updated together. */
export interface UpdatedPart {
  readonly group: WeightGroup;
  /** Weights and their gradients, in the order of the group. */
  readonly held: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** Of the whole group. */
  readonly slots: readonly Tensor[];
}

/**
 * One step on all parts: weights and slots are overwritten in their places, else what lives long would lie scattered among what
 * lives short. The numbers are those of the rule, and then, where weights decay, by how much and the rate.
 */
export function updateParts(
  parts: readonly UpdatedPart[],
  numbers: readonly Tensor[],
  given: TensorsUpdate,
): void {
  const step = stepOf(numbers, given);
  const { arithmetic: a } = given;
  for (const { group, held, gradients, slots } of parts) {
    tidy(() => {
      if (group.refs.length === 1) {
        updateByRows([tensorAt(held, 0), tensorAt(gradients, 0), ...slots], step, a);
        return;
      }
      const [weight, gradient] = [joined(group, held), joined(group, gradients)];
      const after = step({ weight, gradient, slots });
      after.slots.forEach((slot, index) => {
        a.assign(tensorAt(slots, index), slot);
      });
      parted(group, after.weight).forEach((part, index) => {
        a.assign(tensorAt(held, index), part);
      });
    });
  }
}

/** The rule, behind the decay of weights. */
function stepOf(
  numbers: readonly Tensor[],
  { settings, rule, arithmetic: a }: TensorsUpdate,
): TensorUpdate {
  const update = rule.update(numbers);
  const [decay, rate] = [numbers.at(-2), numbers.at(-1)];
  if (settings.config.weight_decay === 0 || !decay || !rate) return update;
  return ({ weight, ...rest }) =>
    update({ weight: a.sub(weight, a.mul(a.mul(weight, decay), rate)), ...rest });
}

/** Row by row: what is made on the way takes little memory, however large the weight is. */
function updateByRows(
  [weight, gradient, ...slots]: readonly [Tensor, Tensor, ...Tensor[]],
  step: TensorUpdate,
  a: Arithmetic,
): void {
  const rows = rowsOf(weight.size);
  let places: readonly Tensor[] = [weight, ...slots];
  for (let index = 0; index < rows; index++) {
    places = tidy(() => {
      const row = { index, rows };
      const rowOf = (tensor: Tensor): Tensor => a.row(tensor, row);
      const own = { weight: rowOf(weight), gradient: rowOf(gradient), slots: slots.map(rowOf) };
      const after = step(own);
      return [after.weight, ...after.slots].map((numbers, at) =>
        a.assignRow(tensorAt(places, at), row, numbers),
      );
    });
  }
}

/** So many equal rows, as few as make them no larger than they should be, where their number divides that of the numbers. */
export function rowsOf(size: number): number {
  const fewest = Math.min(Math.ceil(size / ROW), MOST_ROWS);
  for (let rows = fewest; rows <= 2 * fewest; rows++) {
    // Else a row would not begin where TensorFlow can make a view of it.
    if (size % (rows * ALIGNED) === 0) return rows;
  }
  return 1;
}

/** Numbers of a row. Smaller ones are no quicker, and TensorFlow takes longer to make the graph ready. */
const ROW = 1024 ** 2;

/** More would cost more than they spare. */
const MOST_ROWS = 64;

/** Numbers in the bytes that TensorFlow's tensors begin at a multiple of. */
const ALIGNED = 16;

/** An update that TensorFlow knows as a whole. */
export interface RecordedUpdate {
  run(parts: readonly UpdatedPart[], numbers: readonly Tensor[]): void;
  dispose(): void;
}

/** Makes a step as `updateParts` does, and writes it down for further ones. Undefined where that cannot be done. */
export function recordUpdate(
  parts: readonly UpdatedPart[],
  numbers: readonly Tensor[],
  update: TensorsUpdate,
): RecordedUpdate | undefined {
  const tensorsOf = (own: readonly UpdatedPart[], given: readonly Tensor[]): readonly Tensor[] => [
    ...given,
    ...own.flatMap(({ held, gradients, slots }) => [...held, ...gradients, ...slots]),
  ];
  let sources: readonly Source[] = [];
  const recorded = recordWork((recorder) => {
    sources = tensorsOf(parts, numbers).flatMap((one) => recorder?.give(one) ?? []);
    updateParts(parts, numbers, update);
  });
  return (
    recorded && {
      run: (own, given) => {
        const tensors = tensorsOf(own, given);
        const all = new Map(sources.map((source, index) => [source, tensorAt(tensors, index)]));
        recorded.run((source) => all.get(source));
      },
      dispose: recorded.dispose,
    }
  );
}

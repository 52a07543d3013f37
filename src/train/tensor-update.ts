import { fill, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { tensorAt } from "../targets/tfjs/forward.ts";
import type { Arithmetic } from "../targets/tfjs/tensorflow/arithmetic.ts";
import { recordWork } from "../targets/tfjs/tensorflow/recorded-work.ts";
import type { Recorder, Source } from "../targets/tfjs/tensorflow/recorder.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import type { TensorRule } from "./tensor-rules.ts";
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
  { settings, rule, arithmetic: a }: TensorsUpdate,
): void {
  const update = rule.update(numbers);
  const decays = settings.config.weight_decay !== 0;
  for (const { group, held, gradients, slots } of parts) {
    tidy(() => {
      const [weight, gradient] = [joined(group, held), joined(group, gradients)];
      const [decay, rate] = [numbers.at(-2), numbers.at(-1)];
      const factor = decays && decay && rate ? a.mul(a.mul(weight, decay), rate) : undefined;
      const decayed = factor === undefined ? weight : a.sub(weight, factor);
      const after = update({ weight: decayed, gradient, slots });
      after.slots.forEach((slot, index) => {
        a.assign(tensorAt(slots, index), slot);
      });
      parted(group, after.weight).forEach((part, index) => {
        a.assign(tensorAt(held, index), part);
      });
    });
  }
}

/** An update that TensorFlow knows as a whole. */
export interface RecordedUpdate {
  run(parts: readonly UpdatedPart[], numbers: readonly Tensor[]): void;
  dispose(): void;
}

/** Writes the update of such parts down, on zeros in their stead. Undefined where that cannot be done. */
export function recordUpdate(
  parts: readonly UpdatedPart[],
  numbers: number,
  update: TensorsUpdate,
): RecordedUpdate | undefined {
  const ofNumbers: Source[] = [];
  const ofParts: (readonly Source[])[] = [];
  const work = (recorder: Recorder): void => {
    tidy(() => {
      const given = Array.from({ length: numbers }, () => update.arithmetic.number(0));
      ofNumbers.push(...given.map((one) => recorder.give(one)));
      for (const part of parts) {
        tidy(() => {
          const [held, gradients, slots] = [part.held, part.gradients, part.slots].map((list) =>
            list.map(({ shape }) => fill(shape, 0)),
          );
          if (held === undefined || gradients === undefined || slots === undefined) return;
          const own = { group: part.group, held, gradients, slots };
          ofParts.push(tensorsOf(own).map((one) => recorder.give(one)));
          updateParts([own], given, update);
        });
      }
    });
  };
  const recorded = recordWork(work);
  return (
    recorded && {
      run: (own, given) => {
        const all = new Map<Source, Tensor>();
        ofNumbers.forEach((source, index) => {
          all.set(source, tensorAt(given, index));
        });
        own.forEach((part, index) => {
          const tensors = tensorsOf(part);
          ofParts[index]?.forEach((source, at) => {
            all.set(source, tensorAt(tensors, at));
          });
        });
        recorded.run((source) => all.get(source));
      },
      dispose: recorded.dispose,
    }
  );
}

function tensorsOf({ held, gradients, slots }: UpdatedPart): readonly Tensor[] {
  return [...held, ...gradients, ...slots];
}

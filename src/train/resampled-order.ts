import { randomAt } from "../random.ts";
import { countClasses } from "./class-weights.ts";
import { type SampleOrder, shuffle } from "./sample-order.ts";

/** `over` repeats samples of the smaller classes, `under` leaves out some of the larger ones. */
export type Resampling = "over" | "under";

/**
 * An order in which all classes are equally frequent, shuffled. Each epoch draws anew which samples are repeated or left out, so
 * that over the epochs every sample has its turn. Classes without samples stay without.
 */
export function resampledOrder(
  labels: readonly number[],
  classes: number,
  options: { readonly resampling: Resampling; readonly seed: number },
): SampleOrder {
  const { resampling, seed } = options;
  const counts = countClasses(labels, classes).filter((count) => count > 0);
  const each = resampling === "over" ? Math.max(0, ...counts) : Math.min(...counts, labels.length);
  const members = Array.from({ length: classes }, (): number[] => []);
  for (const [sample, label] of labels.entries()) members[label]?.push(sample);
  const groups = members.filter((group) => group.length > 0);
  return {
    samples: each * groups.length,
    of(epoch) {
      const order = groups.flatMap((group, item) => {
        const drawn = [...group];
        shuffle(drawn, randomAt(seed, { purpose: "sampling", time: epoch, item }));
        return Array.from({ length: each }, (_, at) => drawn[at % drawn.length] ?? 0);
      });
      shuffle(order, randomAt(seed, { purpose: "order", time: epoch }));
      return order;
    },
  };
}

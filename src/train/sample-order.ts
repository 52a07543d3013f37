import { type Random, randomAt } from "../random.ts";

/** Which samples an epoch has, and in which order. */
export interface SampleOrder {
  /** Samples of each epoch. */
  readonly samples: number;
  of(epoch: number): readonly number[];
}

/** As they come, which is what tests want. */
export function orderAsGiven(samples: number): SampleOrder {
  const order = Array.from({ length: samples }, (_, sample) => sample);
  return { samples, of: () => order };
}

/** Every sample once an epoch, each epoch in another order. */
export function shuffledOrder(samples: number, seed: number): SampleOrder {
  return {
    samples,
    of(epoch) {
      const order = Array.from({ length: samples }, (_, sample) => sample);
      shuffle(order, randomAt(seed, { purpose: "order", time: epoch }));
      return order;
    },
  };
}

/** Shuffles in place, every order being equally likely. @see Durstenfeld: Algorithm 235 (1964) */
export function shuffle(items: number[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a = 0, b = 0] = [items[last], items[other]];
    items[last] = b;
    items[other] = a;
  }
}

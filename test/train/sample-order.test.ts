import { describe, expect, it } from "vitest";
import { orderAsGiven, shuffledOrder } from "../../src/train/sample-order.ts";

describe("orderAsGiven", () => {
  it("is the same every epoch", () => {
    const order = orderAsGiven(3);
    expect([order.of(0), order.of(9)]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });
});

describe("shuffledOrder", () => {
  it("has every sample once, in another order each epoch and for each seed", () => {
    const orders = [
      shuffledOrder(50, 1).of(0),
      shuffledOrder(50, 1).of(1),
      shuffledOrder(50, 2).of(0),
    ];
    const all = Array.from({ length: 50 }, (_, sample) => sample);
    for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(all);
    expect(new Set([all, ...orders].map((order) => order.join())).size).toBe(4);
  });

  it("depends on seed and epoch alone", () => {
    expect(shuffledOrder(20, 5).of(7)).toEqual(shuffledOrder(20, 5).of(7));
  });

  it("makes every order equally likely", () => {
    const counts = new Map<string, number>();
    const order = shuffledOrder(3, 11);
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = order.of(epoch).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

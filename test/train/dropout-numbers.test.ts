import { expect, it } from "vitest";
import { dropoutNumbers } from "../../src/train/dropout-numbers.ts";

it("gives each batch numbers of its own, the same whenever they are asked for", () => {
  const numbers = dropoutNumbers(3);
  const first = numbers(5)(8);
  numbers(6)(100);
  expect(dropoutNumbers(3)(5)(8)).toEqual(first);
  expect(numbers(6)(8)).not.toEqual(first);
  expect(dropoutNumbers(4)(5)(8)).not.toEqual(first);
});

it("spreads them evenly from 0 up to 1", () => {
  const numbers = dropoutNumbers(1)(0)(20_000);
  expect(numbers.every((one) => one >= 0 && one < 1)).toBe(true);
  expect(numbers.filter((one) => one < 0.2).length / 20_000).toBeCloseTo(0.2, 2);
});

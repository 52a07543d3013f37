import { expect, test } from "vitest";
import { mapAhead } from "../../../src/train/features/map-ahead.ts";

test("has the next two items worked on while the last one is used, and no more", async () => {
  const log: string[] = [];
  const mapped = mapAhead(counted(4), async (item) => {
    log.push(`work ${item}`);
    return item;
  });
  for await (const item of mapped) {
    await settled();
    log.push(`use ${item}`);
  }
  expect(log).toEqual(["work 0", "work 1", "work 2", "use 0", "work 3", "use 1", "use 2", "use 3"]);
});

test("ends the source when whoever reads it stops", async () => {
  let ended = false;
  const source = counted(3, () => {
    ended = true;
  });
  for await (const item of mapAhead(source, async (one) => one)) if (item === 1) break;
  expect(ended).toBe(true);
});

test("hands a failure on when its item is wanted", async () => {
  const seen: number[] = [];
  const reading = (async () => {
    const mapped = mapAhead(counted(3), async (item) => {
      if (item === 1) throw new Error("no features");
      return item;
    });
    for await (const item of mapped) {
      await settled();
      seen.push(item);
    }
  })();
  await expect(reading).rejects.toThrow("no features");
  expect(seen).toEqual([0]);
});

async function* counted(count: number, onEnd: () => void = () => {}) {
  try {
    for (let item = 0; item < count; item++) yield item;
  } finally {
    onEnd();
  }
}

/** Whatever can go on has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}

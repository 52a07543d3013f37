/** Items under way: with two, threads that are done with one go on with the next while others end it. */
const AHEAD = 2;

/** What becomes of each item, in order; the next two are under way while the last one is used. */
export async function* mapAhead<From, To>(
  items: AsyncIterable<From>,
  work: (item: From) => Promise<To>,
): AsyncGenerator<To, void, undefined> {
  const source = items[Symbol.asyncIterator]();
  const start = (): Promise<IteratorResult<To, undefined>> => {
    const next = advance(source, work);
    // Whoever waits for it hears of a failure; until then it is not unhandled.
    next.catch(() => {});
    return next;
  };
  const coming = Array.from({ length: AHEAD }, start);
  try {
    for (;;) {
      const item = await coming.shift();
      if (item === undefined || item.done === true) return;
      coming.push(start());
      yield item.value;
    }
  } finally {
    await Promise.allSettled(coming);
    await source.return?.();
  }
}

async function advance<From, To>(
  source: AsyncIterator<From>,
  work: (item: From) => Promise<To>,
): Promise<IteratorResult<To, undefined>> {
  const next = await source.next();
  if (next.done === true) return { done: true, value: undefined };
  return { done: false, value: await work(next.value) };
}

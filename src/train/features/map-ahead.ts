/** What becomes of each item, in order; the next one is under way while the last one is used. */
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
  let coming = start();
  try {
    for (let item = await coming; item.done !== true; item = await coming) {
      coming = start();
      yield item.value;
    }
  } finally {
    await coming.catch(() => {});
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

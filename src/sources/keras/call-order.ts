/** One call that waits for others. */
export interface WaitingCall {
  readonly key: string;
  /** Keys of the calls whose results it reads. */
  readonly sources: readonly string[];
}

/**
 * The calls in an order in which they can run: as someone would who goes through the list again and again and each
 * time takes what can run by then, but in linear time. `made` are keys that need no call. Calls that can
 * never run come back as `stuck`.
 */
export function orderCalls<Call extends WaitingCall>(
  calls: readonly Call[],
  made: ReadonlySet<string>,
): { readonly ordered: readonly Call[]; readonly stuck: readonly Call[] } {
  const places = new Map(calls.map((call, place) => [call.key, place]));
  const readers = new Map<string, number[]>();
  const missing = calls.map((call, place) => {
    const sources = new Set(call.sources.filter((source) => !made.has(source)));
    for (const source of sources) {
      const list = readers.get(source);
      if (list === undefined) readers.set(source, [place]);
      else list.push(place);
    }
    return sources.size;
  });
  /** In which round through the list a call runs. */
  const rounds = calls.map(() => 0);
  const ready = calls.map((_, place) => place).filter((place) => missing[place] === 0);
  const ran: number[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ran.push(next);
    for (const reader of readers.get(calls[next]?.key ?? "") ?? []) {
      const round = (rounds[next] ?? 0) + (reader > next ? 0 : 1);
      rounds[reader] = Math.max(rounds[reader] ?? 0, round);
      const left = (missing[reader] ?? 0) - 1;
      missing[reader] = left;
      if (left === 0) ready.push(reader);
    }
  }
  const at = (place: number): readonly Call[] => calls.slice(place, place + 1);
  const ordered = ran.sort((a, b) => (rounds[a] ?? 0) - (rounds[b] ?? 0) || a - b).flatMap(at);
  const stuck = calls.filter((call) => (missing[places.get(call.key) ?? 0] ?? 0) > 0);
  return { ordered, stuck };
}

import type { RecordedOperation, Source } from "./recorder.ts";

/** Numbers are overwritten in their place once all that read them before have done so. */
export class Places {
  /** Reshaped tensors lie where their originals lie. */
  readonly #origins = new Map<Source, Source>();
  readonly #readers = new Map<Source, string[]>();

  /** What an operation waits for besides its inputs. */
  before({ op, inputs, results }: RecordedOperation, name: string): readonly string[] {
    const places = inputs.map((source) => this.#origins.get(source) ?? source);
    const [first] = places;
    if (first === undefined) return [];
    if (op === "Reshape") for (const result of results) this.#origins.set(result, first);
    const earlier = op === "InplaceUpdate" ? (this.#readers.get(first) ?? []) : [];
    for (const place of places) {
      this.#readers.set(place, [...(this.#readers.get(place) ?? []), `^${name}`]);
    }
    return earlier;
  }
}

/** What is made again on the way back is made when it is needed: else all of it would be made at once, before the way back begins. */
export class Turns {
  /** What depends on where gradients start. */
  readonly #flowing: Set<Source>;
  readonly #made = new Set<Source>();
  #last: string | undefined;

  constructor(starts: ReadonlySet<Source>) {
    this.#flowing = new Set(starts);
  }

  /** What an operation waits for besides its inputs. */
  before({ inputs, results }: RecordedOperation, name: string): readonly string[] {
    for (const one of results) this.#made.add(one);
    if (inputs.some((one) => this.#flowing.has(one))) {
      for (const one of results) this.#flowing.add(one);
      this.#last = name;
      return [];
    }
    const begins = inputs.some((one) => one.kind === "result" && !this.#made.has(one));
    return begins && this.#last !== undefined ? [`^${this.#last}`] : [];
  }
}

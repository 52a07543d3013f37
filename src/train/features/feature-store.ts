/** Where rows of features are kept, by the numbers of their samples. */
export interface FeatureStore {
  has(sample: number): boolean;
  /** Fills `target` with the row of a sample. Throws `io-read` where a row that was there is gone. */
  read(sample: number, target: Float32Array): void;
  add(sample: number, row: Float32Array): Promise<void>;
  /** To be called when all are added. */
  flush(): Promise<void>;
  close(): void;
}

/** Keeps rows in memory. */
export function memoryStore(): FeatureStore {
  const rows = new Map<number, Float32Array>();
  return {
    has: (sample) => rows.has(sample),
    read: (sample, target) => target.set(rows.get(sample) ?? []),
    add: async (sample, row) => void rows.set(sample, Float32Array.from(row)),
    flush: async () => {},
    close: () => rows.clear(),
  };
}

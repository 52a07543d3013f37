import type { Place } from "../../errors.ts";
import type { Json, JsonObject } from "../../json.ts";

/**
 * Typed access to one JSON object of a Keras config. Every error names the layer and the JSON path. Absent and
 * null are the same: Keras writes both for "default".
 */
export interface ConfigReader {
  readonly json: JsonObject;
  readonly at: Place;
  has(key: string): boolean;
  raw(key: string): Json | undefined;
  int(key: string, fallback?: number): number;
  number(key: string, fallback?: number): number;
  bool(key: string, fallback?: boolean): boolean;
  string(key: string, fallback?: string): string;
  oneOf<T extends string>(key: string, allowed: readonly T[], fallback?: T): T;
  /** `3` or `[3, 3]` or `[3]`, as `rank` whole numbers. */
  ints(key: string, rank: number, fallback?: readonly number[]): readonly number[];
  /** A list of whole numbers of any length. */
  intList(key: string, fallback?: readonly number[]): readonly number[];
  object(key: string): ConfigReader | undefined;
  /** A list of objects (`cells` of StackedRNNCells); empty when absent. */
  objects(key: string): readonly ConfigReader[];
  list(key: string): readonly Json[];
}

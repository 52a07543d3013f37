import type { Diagnostic } from "../../errors.ts";
import { isJsonObject, type Json } from "../../json.ts";
import { plainClass } from "./parse-model.ts";
import type { LayerConfig } from "./topology.ts";

/** What a regularizer multiplies absolute values and squares with. */
export interface Strengths {
  readonly l1: number;
  readonly l2: number;
}

/** `L1L2`, `L1` and `L2` of Keras 2 and 3, those of Keras 1 under their names; undefined for any other. */
export function strengthsOf(stated: Json): Strengths | undefined {
  if (stated === null) return NONE;
  // The names stand for Keras' defaults.
  if (typeof stated === "string") return DEFAULTS.get(stated.toLowerCase());
  if (!isJsonObject(stated)) return undefined;
  const { class_name: className, name = className } = stated;
  if (typeof name !== "string" || !KNOWN.has(plainClass(name))) return undefined;
  const { l1 = 0, l2 = 0 } = isJsonObject(stated.config) ? stated.config : stated;
  return typeof l1 === "number" && typeof l2 === "number" ? { l1, l2 } : undefined;
}

/** Says of a layer why its regularizer is passed over. */
export function diagnosticOf({ path, fileClass }: LayerConfig, fact: string): Diagnostic {
  const text = `${fact}: the loss is computed without it.`;
  return { code: "unsupported", text, at: { layer: path, className: fileClass } };
}

const NONE = { l1: 0, l2: 0 };
const KNOWN = new Set([
  "L1L2",
  "L1",
  "L2",
  "WeightRegularizer",
  "ActivityRegularizer",
  "L1L2Regularizer",
]);
const DEFAULTS: ReadonlyMap<string, Strengths> = new Map([
  ["l1", { l1: 0.01, l2: 0 }],
  ["l2", { l1: 0, l2: 0.01 }],
  ["l1l2", { l1: 0.01, l2: 0.01 }],
  ["l1_l2", { l1: 0.01, l2: 0.01 }],
]);

import type { NamedAttrMap } from "@tensorflow/tfjs-core";
import { fail } from "../../../errors.ts";
import type { Json } from "../../../json.ts";

/** A whole number or a list of them, as attributes of a kernel have it; one number stands for `count` of them. */
export function numbersOf(
  attrs: NamedAttrMap | undefined,
  key: string,
  count = 1,
): readonly number[] {
  const value: unknown = attrs?.[key];
  if (typeof value === "number") return new Array<number>(count).fill(value);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return fail("internal", `The attribute ${key} is no list.`);
  return value.flat().map(Number);
}

/** One number. */
export function numberOf(attrs: NamedAttrMap | undefined, key: string, fallback = 0): number {
  return numbersOf(attrs, key)[0] ?? fallback;
}

/** A truth value. */
export function flagOf(attrs: NamedAttrMap | undefined, key: string): boolean {
  return attrs?.[key] === true;
}

/** A word. */
export function textOf(attrs: NamedAttrMap | undefined, key: string): string {
  const value = attrs?.[key];
  return typeof value === "string" ? value : "";
}

/** An attribute of a node as the JSON of a GraphDef has it. */
export const attr = {
  ints: (values: readonly number[]): Json => ({ list: { i: [...values] } }),
  int: (value: number): Json => ({ i: value }),
  float: (value: number): Json => ({ f: value }),
  flag: (value: boolean): Json => ({ b: value }),
  text: (value: string): Json => ({ s: btoa(value) }),
  texts: (values: readonly string[]): Json => ({ list: { s: values.map((value) => btoa(value)) } }),
  type: (value: string): Json => ({ type: value }),
  shape: (dims: readonly number[]): Json => ({ shape: shapeJson(dims) }),
} as const;

/** A shape in the JSON of a GraphDef; -1 is free. */
export function shapeJson(dims: readonly number[]): Json {
  return { dim: dims.map((size) => ({ size: String(size) })) };
}

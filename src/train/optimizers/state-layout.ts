import type { OptimizerSettings } from "./settings.ts";
import { slotsBeside } from "./slots.ts";

/** What one saved array holds. */
export type StateEntry =
  | { readonly kind: "iterations" }
  /** The learning rate, which Keras 3 keeps beside the slots. */
  | { readonly kind: "rate" }
  /** Nadam's running product. */
  | { readonly kind: "product" }
  | { readonly kind: "slot"; readonly slot: number; readonly weight: number }
  /** One number that stand-alone Keras saves for each weight of an Adam without AMSGrad. */
  | { readonly kind: "unused" };

/** What decides about the order of an optimizer's saved arrays. */
export interface LayoutOptions {
  readonly settings: OptimizerSettings;
  /** Of Keras, such as `2.2.4`: stand-alone Keras changed its mind twice. */
  readonly version: string;
  readonly weights: number;
  /** How many arrays each weight has. */
  readonly slots: number;
}

/**
 * The order in which a generation saves an optimizer's arrays.
 * @see keras/optimizers.py `self.weights` (2.0.8, 2.1.3, 2.2.4, 2.3.1); keras/src/optimizers `build` (2.15, 3)
 */
export function stateLayout(options: LayoutOptions): readonly StateEntry[] {
  const { settings, weights } = options;
  const { name, dialect } = settings;
  switch (dialect) {
    case "keras":
      return standaloneLayout(options);
    case "tf-legacy":
      if (name === "ftrl") return [ITERATIONS, ...pairsFirst(options)];
      return [ITERATIONS, ...(name === "nadam" ? [PRODUCT] : []), ...blocks(options)];
    case "tf":
      return [ITERATIONS, ...besideFirst(options)];
    case "keras-3": {
      const product = name === "nadam" && weights > 0 ? [PRODUCT] : [];
      return [ITERATIONS, RATE, ...besideFirst(options), ...product];
    }
  }
}

/** Orders that a file may have as well: those of other versions of its generation, and without the rate of Keras 3 where a schedule stood. */
export function otherLayouts(options: LayoutOptions): readonly (readonly StateEntry[])[] {
  const { dialect } = options.settings;
  if (dialect === "keras" || dialect === "tf-legacy") {
    const standalone = { ...options, settings: { ...options.settings, dialect: "keras" as const } };
    return ["2.0.0", "2.2.4", "2.3.1"].map((version) => stateLayout({ ...standalone, version }));
  }
  return [stateLayout(options).filter(({ kind }) => kind !== "rate")];
}

function standaloneLayout(options: LayoutOptions): readonly StateEntry[] {
  const { settings, version, weights } = options;
  const { name, config } = settings;
  const recent = isAtLeast(version, [2, 3, 0]);
  const counted = recent || !UNCOUNTED.has(name);
  const unused = name === "adam" && !config.amsgrad && isAtLeast(version, [2, 1, 3]);
  return [
    ...(counted ? [ITERATIONS] : []),
    ...(recent && name === "nadam" ? [PRODUCT] : []),
    ...blocks(options),
    ...(unused ? Array.from({ length: weights }, () => UNUSED) : []),
  ];
}

/** All arrays of one kind, then the next kind. */
function blocks({ weights, slots }: LayoutOptions, from = 0): readonly StateEntry[] {
  return Array.from({ length: slots - from }, (_, kind) =>
    Array.from({ length: weights }, (_, weight) => slotOf(from + kind, weight)),
  ).flat();
}

/** What no formula knows of in blocks, then what the formula keeps. */
function besideFirst(options: LayoutOptions): readonly StateEntry[] {
  const own = options.slots - slotsBeside(options.settings).length;
  return [...blocks(options, own), ...pairsFirst({ ...options, slots: own })];
}

/** The first two arrays of each weight together, others in blocks. */
function pairsFirst(options: LayoutOptions): readonly StateEntry[] {
  const { settings, weights, slots } = options;
  if (settings.name === "rmsprop" || slots < 2) return blocks(options);
  const pairs = Array.from({ length: weights }, (_, weight) => [
    slotOf(0, weight),
    slotOf(1, weight),
  ]);
  return [...pairs.flat(), ...blocks(options, 2)];
}

function slotOf(slot: number, weight: number): StateEntry {
  return { kind: "slot", slot, weight };
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  const at = least.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return at < 0 || (parts[at] ?? 0) > (least[at] ?? 0);
}

/** Those whose steps stand-alone Keras does not save before 2.3. */
const UNCOUNTED: ReadonlySet<string> = new Set(["rmsprop", "adagrad", "adadelta"]);

const ITERATIONS = { kind: "iterations" } as const;
const RATE = { kind: "rate" } as const;
const PRODUCT = { kind: "product" } as const;
const UNUSED = { kind: "unused" } as const;

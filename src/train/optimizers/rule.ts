/** What an optimizer remembers of each weight. */
export interface SlotSpec {
  /** Keras' word for it, such as `momentum`; unique in its optimizer. */
  readonly name: string;
  /** The value of every number before the first step. */
  readonly initial: number;
}

/** The numbers of one step. */
export interface StepNumbers {
  /** The learning rate of this step, decay included, as float32. */
  readonly rate: number;
  /** From 1. */
  readonly step: number;
  /** Nadam's running product, this step included; 1 for all others. */
  readonly product: number;
}

/**
 * Changes a weight and its slots in place, in the order of the rule's slots. Squares of the gradient, or its magnitudes in Adamax, are
 * given where they are not those of its numbers: Keras 3 takes them of each row of a table before it adds rows up.
 */
export type Update = (
  weight: Float32Array,
  gradient: Float32Array,
  slots: readonly Float32Array[],
  squares?: Float32Array,
) => void;

/**
 * One optimizer's formula. All numbers are rounded to float32 where Keras rounds them, so that a run can be continued
 * within the last digit.
 */
export interface UpdateRule {
  readonly slots: readonly SlotSpec[];
  /** What all weights share in this step is computed once. */
  update(numbers: StepNumbers): Update;
  /** What the running product is multiplied with in a step; Nadam only. */
  productFactor?(step: number): number;
}

/** A slot that starts with zeros. */
export function zeros(name: string): SlotSpec {
  return { name, initial: 0 };
}

/** The slot at a place of a list whose length the rule knows. */
export function slotAt(slots: readonly Float32Array[], index: number): Float32Array {
  return slots[index] ?? NOTHING;
}

/** The square of a number of a gradient, unless it is given. */
export function squareAt(
  gradient: Float32Array,
  squares: Float32Array | undefined,
  index: number,
): number {
  if (squares !== undefined) return at(squares, index);
  const value = at(gradient, index);
  return Math.fround(value * value);
}

/** One element of an array that is known to be long enough. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}

const NOTHING = new Float32Array(0);

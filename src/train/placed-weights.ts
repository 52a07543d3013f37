import { fail } from "../errors.ts";
import { sizeOf, type WeightRef } from "../ir/tensor.ts";

/** What is said of a stored weight, where a training holds its numbers. */
export interface PlacedWeight {
  /** The trained weight; the stored one where it is not trained. */
  readonly ref: WeightRef;
  /** How its numbers stand: as in the file, or in another order. */
  readonly order: "stored" | "other";
}

/**
 * Finds the trained form of a stored weight: itself, or the same numbers in another shape or order, as layers read them that
 * compute through others. Throws `unsupported` where it is trained in a form that is neither, such as in parts.
 */
export function placedWeight(
  { layer, weight }: { readonly layer: string; readonly weight: WeightRef },
  trained: readonly WeightRef[],
): PlacedWeight {
  const own = trained.find(({ id }) => id === weight.id);
  if (own !== undefined) return { ref: own, order: "stored" };
  const made = trained.filter(({ id }) => isMadeOf(id, weight.id));
  const [ref] = made;
  if (ref === undefined) return { ref: weight, order: "stored" };
  const steps = ref.id.startsWith(`${weight.id}|`) ? ref.id.slice(weight.id.length) : "";
  const whole = made.length === 1 && sizeOf(ref.shape) === sizeOf(weight.shape);
  if (whole && /^(\|reshape\([\d,]*\))+$/.test(steps)) return { ref, order: "stored" };
  if (whole && /^(\|(reshape|transpose|flip)\([\d,]*\))+$/.test(steps)) {
    return { ref, order: "other" };
  }
  return fail(
    "unsupported",
    "Its regularizer or constraint is for a weight that is trained in parts.",
    {
      at: { layer },
      hint: "Freeze this layer.",
    },
  );
}

/** Whether an id names another as one of those that it is computed from. */
function isMadeOf(id: string, source: string): boolean {
  const at = id.indexOf(source);
  return at >= 0 && !/[\w/:.-]/.test(id.charAt(at + source.length));
}

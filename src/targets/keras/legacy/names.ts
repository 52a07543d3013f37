import { fail } from "../../../errors.ts";
import type { GroupDraft } from "../../../formats/hdf5-writer/index.ts";

/** Most bytes of an attribute in Keras' files: HDF5 allows a little more. */
const LIMIT = 64_512;

/**
 * Puts a list of names on a group; one that is too long in parts of nearly equal numbers, `name0`, `name1`, …, each with its
 * own width. `whole`: not in parts, which Keras 1 does not read. Throws `limit`.
 *
 * @see keras/engine/saving.py `save_attributes_to_hdf5_group` (2.2.4)
 */
export function putNames(
  group: GroupDraft,
  key: string,
  names: readonly string[],
  whole: "whole" | "in parts" = "in parts",
): void {
  const encoder = new TextEncoder();
  const lengths = names.map((name) => encoder.encode(name).length);
  const tooLong = lengths.findIndex((length) => length > LIMIT);
  if (tooLong >= 0) {
    fail("limit", `The name "${names[tooLong]?.slice(0, 40)}…" is longer than HDF5 allows.`, {
      hint: "Give the layers and weights of the model shorter names.",
    });
  }
  let count = 1;
  while (cut(lengths, count).some((part) => part.length * Math.max(0, ...part) > LIMIT)) count += 1;
  if (count > 1 && whole === "whole") {
    fail("limit", `The names in ${key} take more bytes than Keras 1 can store.`, {
      hint: "Write a file of Keras 2: --keras 2.",
    });
  }
  if (count === 1) {
    group.attributes.set(key, { kind: "texts", values: names });
    return;
  }
  for (const [index, values] of cut(names, count).entries()) {
    group.attributes.set(`${key}${index}`, { kind: "texts", values });
  }
}

/** As numpy's `array_split`: the first parts take one more where the number does not divide. */
function cut<Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] {
  const size = Math.floor(items.length / count);
  const longer = items.length % count;
  return Array.from({ length: count }, (_, index) => {
    const start = index * size + Math.min(index, longer);
    return items.slice(start, start + size + (index < longer ? 1 : 0));
  });
}

import { fail } from "../errors.ts";

/** Python's order of strings, which Keras sorts classes and files by; JavaScript's own compares UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0);
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0);
  const at = left.findIndex((point, index) => point !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}

/** The classes that pictures are counted by, and those of them that no picture has. */
export interface ClassOrder {
  readonly classes: readonly string[];
  readonly missing: readonly string[];
}

/**
 * The order of classes: that of the model's labels where they are known, else Keras' alphabetical one. Throws
 * `bad-option` for a name that is not among the labels; `what` says what has these names ("class folder").
 */
export function orderClasses(
  names: readonly string[],
  labels: readonly string[] | undefined,
  what: string,
): ClassOrder {
  const found = new Set(names);
  if (labels === undefined) return { classes: [...found].sort(byCodePoint), missing: [] };
  const known = new Set(labels);
  const strange = [...found].filter((name) => !known.has(name)).sort(byCodePoint);
  if (strange.length > 0) refuse(strange, labels, what);
  return { classes: labels, missing: labels.filter((label) => !found.has(label)) };
}

function refuse(strange: readonly string[], labels: readonly string[], what: string): never {
  const twins = strange.flatMap((name) => {
    const twin = labels.find((label) => plain(label) === plain(name));
    return twin === undefined ? [] : [`"${name}" may be "${twin}"`];
  });
  const listed = shorten(strange);
  return fail(
    "bad-option",
    `${strange.length} ${what}${strange.length === 1 ? " is" : "s are"} not among the ${labels.length} labels: ${listed}.`,
    {
      hint:
        twins.length > 0
          ? `${twins.slice(0, 3).join(", ")}: the names must be equal.`
          : `The labels are ${shorten(labels)}.`,
    },
  );
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  return names.length > 8 ? `${shown.join(", ")} and ${names.length - 8} more` : shown.join(", ");
}

function plain(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[-_ ]+/g, " ")
    .trim();
}

import { fail } from "../errors.ts";

/**
 * Weights with which every class counts as much as the others: scikit-learn's
 * `compute_class_weight("balanced")`. A class without samples has weight 1, and is not counted.
 */
export function balancedWeights(labels: readonly number[], classes: number): readonly number[] {
  const counts = countClasses(labels, classes);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
}

/** How many samples each class has. */
export function countClasses(labels: readonly number[], classes: number): readonly number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/**
 * The weights of a text: JSON, `{ "apple": 2, "pear": 0.5 }` or `[2, 0.5]`, or one `label,weight` a line. Classes go by
 * their names, or by their numbers where no class has such a name; those that are not mentioned count 1. `file` names the
 * text in errors. Throws `bad-option`.
 */
export function parseClassWeights(
  text: string,
  classes: readonly string[],
  file: string,
): readonly number[] {
  const given = /^\s*[[{]/.test(text) ? jsonEntries(text, classes, file) : lineEntries(text, file);
  if (given.length === 0) fail("bad-option", `${file} has no weights.`, { hint: FORMS });
  const weights = new Map<number, number>();
  for (const [name, weight] of given) {
    const label = classOf(name, classes, file);
    if (weights.has(label)) {
      fail("bad-option", `${file}: the class "${classes[label]}" has two weights.`);
    }
    if (!(Number.isFinite(weight) && weight >= 0)) {
      fail("bad-option", `${file}: the weight of "${name}" is ${weight}, expected 0 or more.`);
    }
    weights.set(label, weight);
  }
  return classes.map((_, label) => weights.get(label) ?? 1);
}

const FORMS = 'Write {"apple": 2, "pear": 0.5}, or apple,2 on a line of its own.';

type Entry = readonly [name: string, weight: number];

function jsonEntries(text: string, classes: readonly string[], file: string): readonly Entry[] {
  const value = parsed(text, file);
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value).map(([name, weight]) =>
    // The places of a list are numbers, whatever the classes are called.
    Array.isArray(value) ? [classes[Number(name)] ?? name, weight] : [name, weight],
  );
  return entries.map(([name, weight]): Entry => {
    if (typeof weight === "number") return [name, weight];
    const said = JSON.stringify(weight);
    return fail("bad-option", `${file}: the weight of "${name}" is ${said}, expected a number.`);
  });
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return fail("bad-option", `${file} is no JSON.`, { hint: FORMS, cause });
  }
}

function lineEntries(text: string, file: string): readonly Entry[] {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  return lines.flatMap((line, index): readonly Entry[] => {
    if (line === "" || line.startsWith("#")) return [];
    const [, quoted, plain, weight = ""] = /^(?:"(.*)"|(.*?))\s*[,;\t]\s*(\S+)$/.exec(line) ?? [];
    const name = quoted?.replaceAll('""', '"') ?? plain;
    const value = Number(weight);
    if (name !== undefined && !Number.isNaN(value)) return [[name, value]];
    // A first line that names the columns.
    if (name !== undefined && index === 0) return [];
    return fail("bad-option", `${file}, line ${index + 1}: "${line}" is no label with a weight.`, {
      hint: FORMS,
    });
  });
}

function classOf(name: string, classes: readonly string[], file: string): number {
  const byName = classes.indexOf(name);
  if (byName >= 0) return byName;
  const byNumber = /^\d+$/.test(name) ? Number(name) : -1;
  if (byNumber >= 0 && byNumber < classes.length) return byNumber;
  const shown = classes.slice(0, 8).map((label) => `"${label}"`);
  return fail("bad-option", `${file}: there is no class "${name}".`, {
    hint: `The classes are ${shown.join(", ")}${classes.length > 8 ? ", …" : ""}.`,
  });
}

import { fail } from "../errors.ts";

/** New names by old ones. All are given at once, so two may change places. */
export type Names = ReadonlyMap<string, string>;

/** The new name of something, told of every place where it stands; `undefined` where it keeps its name. */
export type Renaming = (name: string) => string | undefined;

/**
 * Those names that occur, and new ones for what is in their way: if `image` is wanted and something inside is called
 * so already, that becomes `image_1`.
 */
export function withRoom(names: Names, taken: ReadonlySet<string>): Names {
  const all = new Map([...names].filter(([old]) => taken.has(old)));
  const used = new Set([...taken, ...names.values()]);
  for (const wanted of [...all.values()]) {
    if (!taken.has(wanted) || all.has(wanted)) continue;
    const free = freeName(wanted, used);
    used.add(free);
    all.set(wanted, free);
  }
  return all;
}

/** Throws `bad-option` unless every old name is there and the new ones differ from all others. */
export function checkNames(names: Names, features: readonly string[]): void {
  const known = [...new Set(features)];
  for (const [old, name] of names) {
    if (!known.includes(old)) {
      fail("bad-option", `rename: the model has no input or output "${old}".`, {
        hint: `There are: ${known.join(", ")}.`,
      });
    }
    if (name === "") fail("bad-option", `rename: "${old}" gets an empty name.`);
  }
  const after = known.map((name) => names.get(name) ?? name);
  const twice = after.find((name, index) => after.indexOf(name) !== index);
  if (twice !== undefined) {
    fail("bad-option", `rename: two inputs or outputs would be called "${twice}".`, {
      hint: "Rename the other one as well.",
    });
  }
}

function freeName(name: string, used: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = `${name}_${number}`;
    if (!used.has(candidate)) return candidate;
  }
}

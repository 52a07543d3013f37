import { fail } from "../errors.ts";

/** Throws `bad-option` when an option names what the model does not have. `what`: what it has, in the plural. */
export function checkKnown(
  option: string,
  names: readonly string[],
  { known, what }: { readonly known: readonly string[]; readonly what: string },
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  fail("bad-option", `${option} names "${unknown}", which is none of the model's ${what}.`, {
    hint: known.length === 0 ? "There are none." : `There are: ${known.join(", ")}.`,
  });
}

/** Throws `bad-option` when a name of an input or output is given twice. */
export function checkDistinct(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  fail("bad-option", `The name "${twice}" is given to two inputs or outputs.`);
}

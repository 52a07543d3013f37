import { fail } from "../../errors.ts";
import { formatNumber } from "./python-format.ts";

/**
 * Fills in a pattern as Python's `str.format` does: `{epoch:02d}`, `{val_loss:.4f}`; `{{` and `}}` stand for braces.
 * Throws `bad-option` for names that were not measured and for what is not a number's format.
 */
export function fillPattern(pattern: string, values: Readonly<Record<string, number>>): string {
  return pattern.replaceAll(FIELD, (field, name?: string, spec = "") => {
    if (field === "{{" || field === "}}") return field.slice(1);
    if (name === undefined) return refuse(pattern, `has a single "${field}"`, "Write it twice.");
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      const known = Object.keys(values).join(", ");
      return refuse(pattern, `asks for "${name}", which was not measured`, `Measured: ${known}.`);
    }
    const text = formatNumber(value, spec, name === "epoch" ? "integer" : "float");
    if (text !== undefined) return text;
    return refuse(pattern, `has the format "${spec}"`, "Write one such as :.4f, :02d or :.2e.");
  });
}

const FIELD = /\{\{|\}\}|\{([A-Za-z_]\w*)(?::([^{}]*))?\}|[{}]/g;

function refuse(pattern: string, fact: string, hint: string): never {
  return fail("bad-option", `The file pattern "${pattern}" ${fact}.`, { hint });
}

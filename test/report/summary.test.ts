import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/io/node.ts";
import { summaryTable } from "../../src/report/summary-table.ts";
import { summariseKeras } from "../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../cases.ts";

const STYLES = ["keras2", "tfkeras2", "keras3"] as const;

/** Where the model of a reference lies; the first that the program which made it found. */
function findModel(name: string): string | undefined {
  for (const suite of ["generations", "layers", "micro", "snacks", "."]) {
    for (const file of ["model.hdf5", "model.keras", "model.h5"]) {
      const path = join(FIXTURES, suite, name, file);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

describe.each(STYLES)("Keras' own table, %s", (style) => {
  const references = readdirSync(join(FIXTURES, "summaries", style)).sort();
  it.each(references)("%s", (reference) => {
    const [name = "", variant, columns = "100"] = reference.replace(/\.txt$/, "").split(".");
    const model = findModel(name);
    if (model === undefined) throw new Error(`${name} has no model`);
    const source = openFile(model);
    const { summary, warnings } = summariseKeras(source);
    const text = summaryTable(summary, style, {
      columns: Number(columns),
      expand: variant === "expanded",
      trainable: variant === "trainable",
    });
    const expected = readFileSync(join(FIXTURES, "summaries", style, reference), "utf8");
    // What rich prints ends its lines itself, and the reference has one more.
    expect(style === "keras3" ? `${text}\n` : text).toBe(expected);
    expect(warnings.filter(({ code }) => code === "unsupported")).toEqual([]);
    source.close();
  });
});

/** Rows with their columns below each other, two blanks between; nothing behind the last text of a line. */
export function alignedTable(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[],
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, text] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, [...text].length);
    }
  }
  return rows.map((row) =>
    row
      .map((text, column) => {
        const blank = " ".repeat((widths[column] ?? 0) - [...text].length);
        return aligns[column] === "right" ? `${blank}${text}` : `${text}${blank}`;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** What there is to say, and what: below each other, in two columns. */
export function factTable(
  facts: readonly (readonly [what: string, value: string])[],
): readonly string[] {
  return alignedTable(facts, ["left", "left"]);
}

/** Parts of a text with a blank line between; empty ones are left out. It ends with a line feed. */
export function joinSections(sections: readonly (readonly string[])[]): string {
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

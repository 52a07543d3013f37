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

/** One column of a boxed table. */
export interface BoxColumn {
  readonly header: string;
  readonly align: "left" | "right" | "center";
  /** Wanted width of the text; all columns shrink alike to fit the table. */
  readonly width: number;
}

/**
 * A table with a heavy head and lines between all rows, as the Python package rich draws it. `width` includes the
 * borders.
 *
 * @see rich/table.py, rich/_ratio.py `ratio_reduce`
 */
export function boxTable(
  columns: readonly BoxColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const widths = shrink(
    columns.map((column) => column.width + PADDING),
    width - columns.length - 1,
  );
  const border = (left: string, line: string, cross: string, right: string): string =>
    `${left}${widths.map((size) => line.repeat(size)).join(cross)}${right}`;
  const body = rows.map((row) => rowLines(row, columns, widths, "│"));
  return [
    border("┏", "━", "┳", "┓"),
    ...rowLines(
      columns.map(({ header }) => header),
      columns,
      widths,
      "┃",
      "bottom",
    ),
    border("┡", "━", "╇", "┩"),
    ...body.flatMap((lines, index) =>
      index === 0 ? lines : [border("├", "─", "┼", "┤"), ...lines],
    ),
    border("└", "─", "┴", "┘"),
  ];
}

/**
 * Text in lines of at most `width` characters, cut between words. A word that is longer is folded or left as it is.
 *
 * @see rich/_wrap.py `divide_line`
 */
export function wrapWords(text: string, width: number, fold: boolean): readonly string[] {
  const lines = [""];
  const last = (): string => lines.at(-1) ?? "";
  for (const word of text.match(/\s*\S+\s*/gu) ?? []) {
    const size = lengthOf(word.trimEnd());
    if (lengthOf(last()) + size <= width) {
      lines[lines.length - 1] = last() + word;
    } else if (size > width && fold) {
      const letters = [...word];
      if (last() === "") lines.pop();
      for (let at = 0; at < letters.length; at += width) {
        lines.push(letters.slice(at, at + width).join(""));
      }
    } else if (last() === "") {
      lines[lines.length - 1] = word;
    } else {
      lines.push(word);
    }
  }
  return lines.map((line) => trimTo(line, width));
}

/** Blank on both sides of a text. */
const PADDING = 2;

/** Takes what is too much from all columns alike, halves rounded to even. */
function shrink(widths: readonly number[], room: number): readonly number[] {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  return widths.map((width, index) => {
    const share = Math.min(width, roundToEven(excess / (widths.length - index)));
    if (excess <= 0) return width;
    excess -= share;
    return width - share;
  });
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function rowLines(
  row: readonly string[],
  columns: readonly BoxColumn[],
  widths: readonly number[],
  side: string,
  stand: "top" | "bottom" = "top",
): readonly string[] {
  const cells = columns.map(({ align }, index) => {
    const room = Math.max(0, (widths[index] ?? 0) - PADDING);
    return { room, lines: cellLines(row[index] ?? "", room, align) };
  });
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const texts = cells.map(({ lines, room }) => {
      const above = stand === "top" ? 0 : height - lines.length;
      return ` ${lines[at - above] ?? " ".repeat(room)} `;
    });
    return `${side}${texts.join(side)}${side}`;
  });
}

function cellLines(text: string, room: number, align: BoxColumn["align"]): readonly string[] {
  return wrapWords(text, room, false).map((line) => {
    const trimmed = align === "left" ? line : line.trimEnd();
    const short =
      lengthOf(trimmed) > room ? `${[...trimmed].slice(0, room - 1).join("")}…` : trimmed;
    const blank = room - lengthOf(short);
    const before = align === "left" ? 0 : align === "right" ? blank : Math.floor(blank / 2);
    return `${" ".repeat(before)}${short}${" ".repeat(blank - before)}`;
  });
}

/** Without the blanks at the end that stand beyond the room. */
function trimTo(line: string, room: number): string {
  const letters = [...line];
  while (letters.length > room && letters.at(-1) === " ") letters.pop();
  return letters.join("");
}

function lengthOf(text: string): number {
  return [...text].length;
}

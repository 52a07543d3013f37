/** How text is set: at a size in pixels, upright or bold. */
export interface TextStyle {
  readonly size: number;
  readonly weight: "regular" | "bold";
}

/**
 * Width of a text in pixels in Arial, Helvetica, Arimo or Liberation Sans, whose letters are equally wide. Characters
 * beyond ASCII count as wide as they can be, so that no text is wider than this says.
 *
 * @see the advance widths in Arimo's `hmtx` table, in thousandths of the size
 */
export function textWidth(text: string, { size, weight }: TextStyle): number {
  const widths = WIDTHS[weight];
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    sum += widths[code - FIRST] ?? BEYOND.get(character) ?? OTHER;
  }
  return (sum * size) / 1000;
}

/** Whether `textWidth` knows a text's width exactly. */
export function isMeasured(text: string): boolean {
  return /^[ -~×·…–]*$/.test(text);
}

/** The text itself when it fits, else its beginning and end around `…`. */
export function fitText(text: string, width: number, style: TextStyle): string {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let head = Math.ceil(characters.length / 2);
  let tail = characters.length - head;
  const kept = (): string =>
    `${characters.slice(0, head).join("")}…${characters.slice(characters.length - tail).join("")}`;
  // Twice as many as could fit if all were narrow need no measuring.
  const most = Math.ceil((1000 * width) / (191 * style.size)) + 1;
  head = Math.min(head, most);
  tail = Math.min(tail, most);
  while (head + tail > 1 && textWidth(kept(), style) > width) {
    if (head > tail) head -= 1;
    else tail -= 1;
  }
  return kept();
}

const FIRST = 32;
const OTHER = 1050;
const BEYOND: ReadonlyMap<string, number> = new Map([
  ["×", 584],
  ["·", 333],
  ["…", 1000],
  ["–", 556],
]);

/** From the space to `~`. */
const WIDTHS: Readonly<Record<TextStyle["weight"], readonly number[]>> = {
  regular: [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ],
  bold: [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ],
};

import type { Box, Frame } from "./picture.ts";
import { fitText, type TextStyle, textWidth } from "./text-width.ts";

/** One line of text in a box, from its left or its right edge. */
export interface BoxText {
  readonly text: string;
  /** Distances in pixels from the box's top left corner: of the left or right end, and of the baseline. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end";
  readonly role: TextRole;
}

/** What a text says, which decides how it looks. */
export type TextRole =
  | "class"
  | "badge"
  | "name"
  | "facts"
  | "shape"
  | "parameters"
  | "frame"
  | "call";

/** A box with its size in pixels and its texts, none of which is wider than the box. */
export interface MeasuredBox {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly BoxText[];
}

/** How each text is set. */
export const TEXT_STYLES: Readonly<Record<TextRole, TextStyle>> = {
  class: { size: 13, weight: "bold" },
  badge: { size: 10, weight: "regular" },
  name: { size: 12, weight: "bold" },
  facts: { size: 11, weight: "regular" },
  shape: { size: 11, weight: "regular" },
  parameters: { size: 11, weight: "regular" },
  frame: { size: 12, weight: "bold" },
  call: { size: 10, weight: "regular" },
};

/** Height of the coloured strip with the class, in pixels. */
export const HEADER = 22;

const SIDE = 9;
const GAP = 14;
const ROW = 16;
const NARROWEST = 130;
const WIDEST = 300;
const BADGE_WIDTH = 120;
const PARAMETERS_WIDTH = 130;

/** Sets the texts of a box and makes it as wide as they are, within limits; what is longer is shortened. */
export function measureBox(box: Box): MeasuredBox {
  const rows = rowsOf(box);
  const widest = Math.max(...rows.map(([left, right]) => rowWidth(left, right)));
  const width = Math.ceil(Math.min(Math.max(widest, NARROWEST - 2 * SIDE), WIDEST - 2 * SIDE));
  const texts = rows.flatMap(([left, right], index): readonly BoxText[] => {
    const y = index === 0 ? 15.5 : HEADER + ROW * index - 1;
    const rightText = right && { ...right, text: fitText(right.text, right.most, styleOf(right)) };
    const taken = rightText ? textWidth(rightText.text, styleOf(rightText)) + GAP : 0;
    const leftText = fitText(left.text, width - taken, styleOf(left));
    return [
      ...(leftText === ""
        ? []
        : [{ text: leftText, x: SIDE, y, anchor: "start" as const, role: left.role }]),
      ...(rightText
        ? [{ text: rightText.text, x: width + SIDE, y, anchor: "end" as const, role: right.role }]
        : []),
    ];
  });
  return { width: width + 2 * SIDE, height: HEADER + ROW * (rows.length - 1) + 7, texts };
}

/** The title of a frame, shortened, and how wide it is. */
export function measureFrame(frame: Frame): { readonly text: string; readonly width: number } {
  const text = fitText(frame.title, 2 * WIDEST, TEXT_STYLES.frame);
  return { text, width: Math.ceil(textWidth(text, TEXT_STYLES.frame)) };
}

interface Piece {
  readonly text: string;
  readonly role: TextRole;
}

interface RightPiece extends Piece {
  /** Widest that it may be. */
  readonly most: number;
}

type Row = readonly [left: Piece, right?: RightPiece];

function rowsOf(box: Box): readonly Row[] {
  const badges = box.badges.join(" · ");
  const [shape = "", ...others] = box.shapes;
  const parameters: RightPiece | undefined =
    box.parameters === ""
      ? undefined
      : { text: box.parameters, role: "parameters", most: PARAMETERS_WIDTH };
  return [
    badges === ""
      ? [{ text: box.className, role: "class" }]
      : [
          { text: box.className, role: "class" },
          { text: badges, role: "badge", most: BADGE_WIDTH },
        ],
    [{ text: box.name, role: "name" }],
    ...(box.facts === "" ? [] : [row({ text: box.facts, role: "facts" })]),
    ...(shape === "" && parameters === undefined
      ? []
      : [row({ text: shape, role: "shape" }, parameters)]),
    ...others.map((text) => row({ text, role: "shape" })),
  ];
}

function row(left: Piece, right?: RightPiece): Row {
  return right === undefined ? [left] : [left, right];
}

function rowWidth(left: Piece, right: RightPiece | undefined): number {
  const own = textWidth(left.text, styleOf(left));
  if (right === undefined) return own;
  const other = Math.min(textWidth(right.text, styleOf(right)), right.most);
  return left.text === "" ? other : own + GAP + other;
}

function styleOf({ role }: Piece): TextStyle {
  return TEXT_STYLES[role];
}

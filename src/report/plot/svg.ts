import { escapeXml } from "./escape-xml.ts";
import { PAGE_COLOURS } from "./family-colours.ts";
import { HEADER, TEXT_STYLES, type TextRole } from "./measure.ts";
import type { Box, Frame } from "./picture.ts";
import type { Place, PlacedLine, PlacedPicture } from "./place.ts";
import { svgStyle } from "./svg-style.ts";
import { isMeasured, textWidth } from "./text-width.ts";

/** How a drawing is used. */
export interface SvgOptions {
  /** `auto` follows the reader's preference for dark pages. */
  readonly theme: "auto" | "light";
  /** Boxes can be reached with the keyboard, and carry their ids. */
  readonly interactive?: boolean;
}

/** A placed picture as an SVG document, which needs nothing from outside. */
export function svgDocument(picture: PlacedPicture, options: SvgOptions): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svgElement(picture, options)}`;
}

/** The element alone, for a page around it. */
export function svgElement(picture: PlacedPicture, options: SvgOptions): string {
  const { width, height, title } = picture;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="${options.interactive ? "group" : "img"}" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${svgStyle(options.theme)}</style>`,
    ARROW,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...picture.frames.map(frameElement),
    ...picture.lines.map(lineElement),
    ...picture.frames.map(frameTitle),
    ...picture.boxes.map((placed) => boxElement(placed, options.interactive === true)),
    "</svg>\n",
  ].join("\n");
}

type PlacedFrame = PlacedPicture["frames"][number];

const ARROW =
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0.8L8 4L0 7.2z"/></marker></defs>';

function frameElement({ frame, x, y, width, height }: PlacedFrame): string {
  const shade = shadeOf(frame);
  const size = `x="${x}" y="${y}" width="${width}" height="${height}" rx="10"`;
  return `<rect class="frame${shade}" ${size}><title>${escapeXml(frame.title)}</title></rect>`;
}

/** Above the lines, which run through it. */
function frameTitle({ frame, text, x, y }: PlacedFrame): string {
  return `<g class="halo${shadeOf(frame)}">${textElement(text, { x: x + 12, y: y + 19 }, "frame")}</g>`;
}

function shadeOf({ depth }: Frame): number {
  return depth % PAGE_COLOURS.light.frames.length;
}

function lineElement({ line, points, tip, label }: PlacedLine): string {
  const [start = tip, ...rest] = points;
  const curves = rest.length === 0 ? "" : `C${rest.map(pair).join(" ")}`;
  const path = `<path class="line" marker-end="url(#arrow)" d="M${pair(start)}${curves}L${pair(tip)}"/>`;
  const title = line.shape === "" ? "" : `<title>${escapeXml(line.shape)}</title>`;
  const text = label === undefined ? "" : labelElement(line.label, label);
  const ends = `data-from="${line.from}" data-to="${line.to}"`;
  return `<g class="edge" ${ends}>${title}${path}${text}</g>`;
}

/** On a background of its own, for the line runs beside or below it. */
function labelElement(text: string, { x, y }: Place): string {
  const width = textWidth(text, TEXT_STYLES.call);
  return textElement(text, { x: fixed(x - width / 2), y: fixed(y + 3.5) }, "call");
}

function boxElement(
  { box, x, y, width, height, texts }: PlacedPicture["boxes"][number],
  interactive: boolean,
): string {
  const access = interactive
    ? ` id="${box.id}" tabindex="0" role="button" aria-label="${escapeXml(spoken(box))}"`
    : "";
  const top = `M0 ${HEADER}V6a6 6 0 0 1 6 -6H${fixed(width - 6)}a6 6 0 0 1 6 6V${HEADER}z`;
  return [
    `<g class="box of-${box.family}" transform="translate(${x} ${y})"${access}>`,
    `<title>${escapeXml(tooltip(box))}</title>`,
    `<rect class="body" width="${width}" height="${height}" rx="6"/>`,
    `<path class="head" d="${top}"/>`,
    ...texts.map(({ text, x: left, y: base, anchor, role }) => {
      const start = anchor === "start" ? left : fixed(left - textWidth(text, TEXT_STYLES[role]));
      return textElement(text, { x: start, y: base }, role);
    }),
    "</g>",
  ].join("");
}

/**
 * Texts of known width say how wide they are, so that a reader without Arial squeezes his own font instead of letting it
 * run over.
 */
function textElement(text: string, { x, y }: Place, role: TextRole): string {
  const width = fixed(textWidth(text, TEXT_STYLES[role]));
  const length = isMeasured(text) ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<text class="${role}" x="${fixed(x)}" y="${fixed(y)}"${length}>${escapeXml(text)}</text>`;
}

function tooltip(box: Box): string {
  const lines = [`${box.name} (${box.className})`, box.facts, ...box.shapes, box.parameters];
  return [...lines, ...box.badges].filter((line) => line !== "").join("\n");
}

function spoken(box: Box): string {
  const parts = [box.className, box.name, box.facts, ...box.shapes, box.parameters, ...box.badges];
  return parts.filter((part) => part !== "").join(", ");
}

function pair({ x, y }: Place): string {
  return `${x} ${y}`;
}

function fixed(value: number): number {
  return Math.round(value * 100) / 100;
}

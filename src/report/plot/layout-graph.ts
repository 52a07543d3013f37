import { groupByFrame } from "./group-by-frame.ts";
import { measureBox, measureFrame, TEXT_STYLES } from "./measure.ts";
import type { Box, Frame, Line, Picture } from "./picture.ts";
import { textWidth } from "./text-width.ts";

/** How hard the layout tries: `thorough` may take minutes for graphs that nobody could read anyway. */
export type LayoutEffort = "thorough" | "quick";

/**
 * A picture for Graphviz to place, in its language: boxes and titles have their measured sizes and no text, so nothing
 * that a file says gets into it.
 *
 * @see https://graphviz.org/doc/info/attrs.html
 */
export function layoutGraph(picture: Picture, effort: LayoutEffort = "thorough"): string {
  const { boxes, frames, lines, direction } = picture;
  const turned = direction === "LR";
  const leaving = countBy(lines.map(({ from }) => from));
  const arriving = countBy(lines.map(({ to }) => to));
  const isChain = ({ from, to }: Line): boolean =>
    leaving.get(from) === 1 && arriving.get(to) === 1;
  return [
    "digraph {",
    `rankdir=${direction}; nodesep=${turned ? 0.2 : 0.3}; ranksep=${turned ? 0.5 : 0.32}; pad=0;`,
    effort === "quick" ? "nslimit=1; nslimit1=1; mclimit=0.1; splines=polyline;" : "",
    'labeljust=l; node [shape=box, fixedsize=true, label="", margin=0]; edge [arrowsize=0.7];',
    ...contentOf(undefined, groupByFrame(boxes), groupByFrame(frames)),
    ...lines.map((line, index) => lineOf(line, index, isChain(line) ? CHAIN : 1)),
    "}",
    "",
  ].join("\n");
}

/** Pixels in an inch: Graphviz measures boxes in inches and places them in points, which are our pixels. */
const INCH = 72;

function contentOf(
  frame: string | undefined,
  boxes: ReadonlyMap<string | undefined, readonly Box[]>,
  frames: ReadonlyMap<string | undefined, readonly Frame[]>,
): readonly string[] {
  return [
    ...(boxes.get(frame) ?? []).map((box) => {
      const { width, height } = measureBox(box);
      return `${box.id} [width=${inches(width)}, height=${inches(height)}];`;
    }),
    ...(frames.get(frame) ?? []).flatMap((inner) => [
      `subgraph cluster_${inner.id} {`,
      `margin=14; label=${blank(measureFrame(inner).width + 10, 18)};`,
      ...contentOf(inner.id, boxes, frames),
      "}",
    ]),
  ];
}

/** Steps without a choice stay close and straight; what is long should be a branch on its way to where it joins. */
const CHAIN = 4;

function countBy(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function lineOf({ from, to, label }: Line, index: number, weight: number): string {
  const width = Math.ceil(textWidth(label, TEXT_STYLES.call)) + 6;
  const attributes = [
    `id=${index}`,
    ...(weight === 1 ? [] : [`weight=${weight}`]),
    ...(label === "" ? [] : [`label=${blank(width, 14)}`]),
  ];
  return `${from} -> ${to} [${attributes.join(", ")}];`;
}

/** An empty label of a known size. */
function blank(width: number, height: number): string {
  return `<<table border="0" cellborder="0" cellspacing="0" cellpadding="0" fixedsize="true" width="${width}" height="${height}"><tr><td></td></tr></table>>`;
}

function inches(pixels: number): string {
  return (pixels / INCH).toFixed(4);
}

import { FAMILY_COLOURS, PAGE_COLOURS } from "./family-colours.ts";
import { groupByFrame } from "./group-by-frame.ts";
import type { Box, Frame, Line, Picture } from "./picture.ts";
import { shorten } from "./printable.ts";

/** A picture in Graphviz' language, for those who want to lay it out or change it themselves. */
export function dotDocument(picture: Picture): string {
  const boxes = groupByFrame(picture.boxes);
  const frames = groupByFrame(picture.frames);
  return [
    `digraph ${quoted(picture.title)} {`,
    `  rankdir=${picture.direction};`,
    '  node [shape=box, style="filled,rounded", fontname="Helvetica", fontsize=11, fontcolor=white];',
    '  edge [fontname="Helvetica", fontsize=9];',
    '  graph [fontname="Helvetica", fontsize=11, labeljust=l, style="filled,rounded"];',
    ...contentOf(undefined, "  "),
    ...picture.lines.map(lineOf),
    "}",
    "",
  ].join("\n");

  function contentOf(frame: string | undefined, indent: string): readonly string[] {
    return [
      ...(boxes.get(frame) ?? []).map((box) => `${indent}${nodeOf(box)}`),
      ...(frames.get(frame) ?? []).flatMap((inner) => clusterOf(inner, indent)),
    ];
  }

  function clusterOf(frame: Frame, indent: string): readonly string[] {
    const { frames: shades, frameLine } = PAGE_COLOURS.light;
    const attributes = [
      `label=${quoted(short(frame.title))}`,
      `fillcolor="${shades[frame.depth % shades.length]}"`,
      `color="${frameLine}"`,
    ];
    return [
      `${indent}subgraph cluster_${frame.id} {`,
      `${indent}  ${attributes.join("; ")};`,
      ...contentOf(frame.id, `${indent}  `),
      `${indent}}`,
    ];
  }
}

function nodeOf(box: Box): string {
  const badges = box.badges.length === 0 ? [] : [box.badges.join(" · ")];
  const lines = [box.className, box.name, box.facts, ...box.shapes, box.parameters, ...badges];
  const label = quoted(...lines.filter((line) => line !== "").map(short));
  return `${box.id} [label=${label}, fillcolor="${FAMILY_COLOURS[box.family]}"];`;
}

function lineOf({ from, to, shape, label }: Line): string {
  const attributes = [
    ...(label === "" ? [] : [`label=${quoted(label)}`]),
    ...(shape === "" ? [] : [`tooltip=${quoted(shape)}`]),
  ];
  return `  ${from} -> ${to}${attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`};`;
}

/** Boxes grow with their texts here. */
function short(text: string): string {
  return shorten(text, 80);
}

/**
 * Lines of text as one quoted string. Graphviz reads `\N` and the like as well as `&lt;` in labels, so backslashes are
 * doubled and ampersands spelled as entities.
 *
 * @see https://graphviz.org/doc/info/attrs.html#k:escString
 */
function quoted(...lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replace(/&/g, "&amp;").replace(/\\/g, "\\\\").replace(/"/g, '\\"'),
  );
  return `"${escaped.join("\\n")}"`;
}

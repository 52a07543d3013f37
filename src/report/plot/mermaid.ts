import { FAMILY_COLOURS } from "./family-colours.ts";
import { groupByFrame } from "./group-by-frame.ts";
import type { Box, Line, Picture } from "./picture.ts";
import { shorten } from "./printable.ts";

/** A picture as a flowchart of Mermaid, which GitHub and many editors draw in Markdown. */
export function mermaidDocument(picture: Picture): string {
  const boxes = groupByFrame(picture.boxes);
  const frames = groupByFrame(picture.frames);
  const families = [...new Set(picture.boxes.map(({ family }) => family))];
  return [
    `flowchart ${picture.direction}`,
    ...contentOf(undefined, "  "),
    ...picture.lines.map(lineOf),
    ...families.map(
      (family) => `  classDef of_${family} fill:${FAMILY_COLOURS[family]},color:#fff,stroke:#fff`,
    ),
    "",
  ].join("\n");

  function contentOf(frame: string | undefined, indent: string): readonly string[] {
    return [
      ...(boxes.get(frame) ?? []).map((box) => `${indent}${nodeOf(box)}`),
      ...(frames.get(frame) ?? []).flatMap((inner) => [
        `${indent}subgraph ${inner.id}["${escaped(inner.title)}"]`,
        ...contentOf(inner.id, `${indent}  `),
        `${indent}end`,
      ]),
    ];
  }
}

/** What Mermaid draws unless the page around it allows more: lines, and characters of text. */
export const MERMAID_LIMITS = { lines: 500, characters: 50_000 } as const;

function nodeOf(box: Box): string {
  const lines = [box.name, box.facts, ...box.shapes, box.parameters, box.badges.join(" · ")];
  const label = lines.filter((line) => line !== "").map(escaped);
  return `${box.id}["${[`<b>${escaped(box.className)}</b>`, ...label].join("<br/>")}"]:::of_${box.family}`;
}

function lineOf({ from, to, label }: Line): string {
  return `  ${from} -->${label === "" ? "" : `|"${escaped(label)}"|`} ${to}`;
}

/** Shortened, for boxes grow with their texts, and everything that Markdown, HTML or Mermaid could read as more than a letter, as Mermaid's numeric entities. */
function escaped(text: string): string {
  return shorten(text, 80).replace(
    /[^\p{L}\p{M}\p{N} .,()_+=:/×·…-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}

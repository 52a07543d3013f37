import { FAMILY_COLOURS, PAGE_COLOURS } from "./family-colours.ts";
import { TEXT_STYLES } from "./measure.ts";

/** The style sheet of a drawing: plain rules without variables, which every program that shows SVG understands. */
export function svgStyle(theme: "auto" | "light"): string {
  const light = pageRules(PAGE_COLOURS.light);
  const dark = `@media (prefers-color-scheme:dark){${pageRules(PAGE_COLOURS.dark)}}`;
  return `${FIXED}${theme === "light" ? light : `${light}@media screen{${dark}}`}`;
}

const FIXED = [
  "text{font-family:Arial,Helvetica,Arimo,'Liberation Sans',sans-serif;white-space:pre}",
  ...Object.entries(TEXT_STYLES).map(
    ([role, { size, weight }]) =>
      `.${role}{font-size:${size}px${weight === "bold" ? ";font-weight:700" : ""}}`,
  ),
  ".line{fill:none;stroke-width:1.2}",
  ".class,.badge{fill:#fff}",
  "text.frame{paint-order:stroke;stroke-width:5;stroke-linejoin:round}",
  ...Object.entries(FAMILY_COLOURS).map(
    ([family, colour]) =>
      `.of-${family} .head{fill:${colour}}.of-${family} .body{stroke:${colour};stroke-width:1.4}`,
  ),
].join("");

function pageRules(colours: (typeof PAGE_COLOURS)["light" | "dark"]): string {
  const { page, box, text, muted, line, frames, frameLine } = colours;
  return [
    `.page{fill:${page}}`,
    `.body{fill:${box}}.of-port .body,.of-model .body{stroke:${line}}`,
    `.name,.frame{fill:${text}}`,
    `.facts,.shape,.parameters,.call{fill:${muted}}`,
    `.line{stroke:${line}}`,
    `.tip{fill:${line}}`,
    ...frames.map(
      (fill, shade) =>
        `.frame${shade}{fill:${fill};stroke:${frameLine}}.halo${shade} text{stroke:${fill}}`,
    ),
  ].join("");
}

import { fail } from "../errors.ts";

/** What `kc plot` writes. */
export type PlotFormat = "svg" | "html" | "png" | "dot" | "mermaid";

/** As the user says, else by the output's ending; SVG for the standard output. Throws `bad-option`. */
export function choosePlotFormat(output: string, asked: string | undefined): PlotFormat {
  const ending = /\.([^./\\]+)$/.exec(output)?.[1]?.toLowerCase() ?? "";
  const word = (asked ?? (output === "-" ? "svg" : ending)).toLowerCase();
  return (
    FORMATS.get(word) ??
    fail(
      "bad-option",
      `${output} does not say what to draw, expected a name that ends in ${ENDINGS}.`,
      {
        hint: "Give such a name, or add --format svg.",
      },
    )
  );
}

const FORMATS: ReadonlyMap<string, PlotFormat> = new Map([
  ["svg", "svg"],
  ["html", "html"],
  ["htm", "html"],
  ["png", "png"],
  ["dot", "dot"],
  ["gv", "dot"],
  ["mmd", "mermaid"],
  ["mermaid", "mermaid"],
]);

const ENDINGS = ".svg, .html, .png, .dot or .mmd";

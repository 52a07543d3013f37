import { fail } from "../errors.ts";

/** What `kc plot` writes. */
export type PlotFormat = "svg" | "html" | "png" | "dot" | "mermaid";

/** As the user says, else by the output's ending; SVG for the standard output. Throws `bad-option`. */
export function choosePlotFormat(output: string, asked: string | undefined): PlotFormat {
  if (asked !== undefined) {
    const words = "svg, html, png, dot or mermaid";
    return (
      FORMATS.get(asked.toLowerCase()) ??
      fail("bad-option", `--format is "${asked}", expected ${words}.`)
    );
  }
  const ending = /\.([^./\\]+)$/.exec(output)?.[1]?.toLowerCase() ?? "";
  return (
    FORMATS.get(output === "-" ? "svg" : ending) ??
    fail(
      "bad-option",
      `${output} does not say what to draw, expected a name that ends in ${ENDINGS}.`,
      { hint: "Give such a name, or add --format svg." },
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

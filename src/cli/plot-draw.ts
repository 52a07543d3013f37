import type { Diagnostic } from "../errors.ts";
import { dotDocument } from "../report/plot/dot.ts";
import { htmlDocument } from "../report/plot/html.ts";
import { MERMAID_LIMITS, mermaidDocument } from "../report/plot/mermaid.ts";
import type { Picture } from "../report/plot/picture.ts";
import { svgDocument } from "../report/plot/svg.ts";
import type { PlotFormat } from "./plot-format.ts";
import { layOut } from "./plot-layout.ts";

/** How a picture is drawn. */
export interface DrawOptions {
  readonly format: PlotFormat;
  /** Pixels of a PNG for each of the drawing; the largest that fits, up to 2, when it is left out. */
  readonly scale: number | undefined;
  readonly say: (warning: Diagnostic) => void;
}

/** The bytes of a picture's file. */
export async function draw(picture: Picture, options: DrawOptions): Promise<Uint8Array> {
  switch (options.format) {
    case "dot":
      return encode(dotDocument(picture));
    case "mermaid": {
      const text = mermaidDocument(picture);
      warnOfMermaid(picture, text, options);
      return encode(text);
    }
    case "svg":
      return encode(svgDocument(await layOut(picture), { theme: "auto" }));
    case "html":
      return encode(htmlDocument(await layOut(picture)));
    case "png": {
      const { drawPng } = await import("./plot-png.ts");
      return drawPng(await layOut(picture), options);
    }
  }
}

function warnOfMermaid(picture: Picture, text: string, { say }: DrawOptions): void {
  const { lines, characters } = MERMAID_LIMITS;
  if (picture.lines.length <= lines && text.length <= characters) return;
  say({
    code: "limit",
    text: `Mermaid draws ${lines} lines and ${characters} characters at most unless its settings say more; these are ${picture.lines.length} and ${text.length}.`,
    hint: "Raise maxEdges and maxTextSize where it is drawn, or add --no-expand or --no-shapes.",
  });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

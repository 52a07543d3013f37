import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Diagnostic, fail } from "../errors.ts";
import { unpackWoff } from "../formats/woff.ts";
import type { PlacedPicture } from "../report/plot/place.ts";
import { svgDocument } from "../report/plot/svg.ts";

/** More pixels than this take more memory than they are worth. */
const MOST_PIXELS = 64_000_000;
/** As many as common programs show in a line or column. */
const LONGEST_SIDE = 65_000;
const SHARP = 2;

/**
 * Draws a placed picture as PNG, with resvg (compiled to WebAssembly) and the font Arimo, so that it is the same on every
 * machine. Throws `limit` when it is too large for the asked scale, `unsupported` when the packages are not installed.
 */
export async function drawPng(
  picture: PlacedPicture,
  options: {
    readonly scale: number | undefined;
    readonly say: (warning: Diagnostic) => void;
  },
): Promise<Uint8Array> {
  const scale = chooseScale(picture, options);
  const { Resvg, fonts } = await loadDrawing();
  const svg = svgDocument(picture, { theme: "light" });
  // resvg looks for no other font after the first letter that none has.
  const known = svg.replace(BEYOND_FONT, "?");
  const drawing = new Resvg(known, {
    fitTo: { mode: "zoom", value: scale },
    font: { fontBuffers: fonts, defaultFontFamily: "Arimo", sansSerifFamily: "Arimo" },
  });
  try {
    if (known !== svg) {
      options.say({
        code: "unsupported",
        text: "Some names have letters that the font for PNG files lacks; they are drawn as question marks.",
        hint: "Write an SVG or HTML file, which uses the fonts of whoever looks at it.",
      });
    }
    return drawing.render().asPng();
  } finally {
    drawing.free();
  }
}

/** Neither Latin nor Greek, Cyrillic or Hebrew, nor punctuation. */
const BEYOND_FONT =
  /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{ASCII}×·…–]/gu;

function chooseScale(
  { width, height }: PlacedPicture,
  { scale: asked, say }: { scale: number | undefined; say: (warning: Diagnostic) => void },
): number {
  const most = Math.min(
    Math.sqrt(MOST_PIXELS / (width * height)),
    LONGEST_SIDE / Math.max(width, height),
  );
  const fitting = Math.floor(most * 100) / 100;
  if (asked === undefined && fitting >= SHARP) return SHARP;
  if (asked === undefined && fitting >= 0.25) {
    const text = `The drawing is ${width} × ${height}; the PNG file has ${fitting} pixels for each of it instead of ${SHARP}.`;
    say({ code: "limit", text, hint: "Write an SVG or HTML file, which is sharp at every size." });
    return fitting;
  }
  if (asked !== undefined && asked <= most) return asked;
  const pixels = asked === undefined ? "" : ` at --scale ${asked}`;
  return fail("limit", `The drawing is ${width} × ${height}, too large for a PNG file${pixels}.`, {
    hint:
      fitting < 0.25
        ? "Write an SVG or HTML file."
        : `--scale ${fitting} fits; an SVG file is sharp at every size.`,
  });
}

async function loadDrawing() {
  try {
    const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
    const { resolve } = createRequire(import.meta.url);
    const read = (name: string) => readFileSync(resolve(name));
    initialised ??= initWasm(read("@resvg/resvg-wasm/index_bg.wasm"));
    await initialised;
    const fonts = SUBSETS.flatMap((subset) =>
      ["400", "700"].map((weight) =>
        unpackWoff(read(`@fontsource/arimo/files/arimo-${subset}-${weight}-normal.woff`)),
      ),
    );
    return { Resvg, fonts };
  } catch (cause) {
    return fail("unsupported", "PNG files need two packages that are not installed.", {
      hint: "npm install @resvg/resvg-wasm @fontsource/arimo, or write an SVG file.",
      cause,
    });
  }
}

/** WebAssembly is set up once in a process. */
let initialised: Promise<void> | undefined;

const SUBSETS = ["latin", "latin-ext", "greek", "cyrillic", "hebrew"] as const;

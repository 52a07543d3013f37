import { type Diagnostic, fail, formatDiagnostic } from "../errors.ts";
import { checkOutput } from "../io/node.ts";
import type { PictureOptions } from "../report/plot/describe-model.ts";
import { describeWithin } from "../report/plot/describe-within.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { openModel } from "./open-model.ts";
import { choosePlotFormat, type PlotFormat } from "./plot-format.ts";
import { openTerminal } from "./terminal.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";

/** Runs `kc plot`. Throws `KcError`; the exit code is 0 when it returns. */
export async function plot(model: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const output = flags.text("output") ?? "-";
  const format = choosePlotFormat(output, flags.text("format"));
  const scale = chooseScale(flags, format);
  const options = pictureOptions(raw);
  checkPlotOutput(output, format, flags);
  const reading = await readOptions(flags);
  const opened = await openModel(model, reading);
  try {
    const terminal = openTerminal();
    const quiet = flags.has("quiet");
    const say = (diagnostic: Diagnostic): void => {
      if (!quiet) terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(diagnostic)}`);
    };
    for (const warning of opened.warnings) say(inFlagWords(warning));
    const limit = format === "dot" || format === "mermaid" ? WRITTEN : DRAWN;
    const { picture, warnings } = describeWithin(opened.summary, options, limit);
    for (const warning of warnings) say(warning);
    const { draw } = await import("./plot-draw.ts");
    const bytes = await draw(picture, { format, scale, say });
    const force = flags.has("force");
    await writeInterruptibly(
      output,
      { byteLength: bytes.length, chunks: () => [bytes] },
      { force, quiet },
      terminal,
    );
    return 0;
  } finally {
    opened.close();
  }
}

/** More boxes than this are not laid out: no program would show the drawing. */
const DRAWN = { boxes: 10_000, hint: "Write the graph itself: -o model.dot." } as const;
/** More are not written as text either. */
const WRITTEN = { boxes: 100_000 } as const;

function pictureOptions(raw: RawFlags): PictureOptions {
  const flags = readFlags(raw);
  return {
    direction: flags.oneOf("direction", ["TB", "LR"]) ?? "TB",
    expand: raw.expand !== false,
    shapes: raw.shapes !== false,
    dtypes: flags.has("dtypes"),
    trainable: flags.has("trainable"),
  };
}

function chooseScale(flags: FlagReader, format: PlotFormat): number | undefined {
  const scale = flags.number("scale");
  if (scale === undefined) return undefined;
  if (format !== "png") {
    fail("bad-option", `--scale is for PNG files, and the output is ${format}.`, {
      hint: "Leave it out: the other formats can be shown in any size.",
    });
  }
  if (scale >= 0.05 && scale <= 20) return scale;
  return fail("bad-option", `--scale is ${scale}, expected a number from 0.05 to 20.`);
}

function checkPlotOutput(output: string, format: PlotFormat, flags: FlagReader): void {
  if (output !== "-") checkOutput(output, flags.has("force"));
  else if (format === "png" && process.stdout.isTTY) {
    fail("bad-option", "The standard output is a terminal, which cannot show a PNG file.", {
      hint: "Redirect it (> model.png), or give an output file: -o model.png.",
    });
  }
}

import { type Diagnostic, fail, formatDiagnostic } from "../errors.ts";
import type { SummaryStyle } from "../ir/model-summary.ts";
import { costOf, costTable } from "../report/cost.ts";
import { summaryDocument } from "../report/summary-document.ts";
import { summaryTable } from "../report/summary-table.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { type OpenedModel, openModel } from "./open-model.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Runs `kc summary`. Throws `KcError`; the exit code is 0 when it returns. */
export async function summary(model: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const style = flags.oneOf("style", STYLES);
  const columns = tableWidth(flags);
  const reading = await readOptions(flags);
  const opened = await openModel(model, reading);
  try {
    if (flags.has("json")) {
      const document = summaryDocument(opened.name, opened.summary, opened.graph);
      const warnings = opened.warnings.map(inFlagWords);
      const text = JSON.stringify({ ok: true, ...document, warnings }, null, 2);
      process.stdout.write(`${text}\n`);
      return 0;
    }
    const terminal = openTerminal();
    const chosen = chooseStyle(style, flags, opened, terminal);
    const options = {
      columns,
      expand: flags.has("expand"),
      trainable: flags.has("trainable"),
    };
    process.stdout.write(summaryTable(opened.summary, chosen, options));
    printCost(opened, flags);
    for (const warning of opened.warnings) warn(warning, terminal);
    return 0;
  } finally {
    opened.close();
  }
}

const STYLES = ["keras2", "tfkeras2", "keras3"] as const;

/** Stand-alone Keras 2 knows neither nested layers nor flags; then its successor's table shows them. */
function chooseStyle(
  asked: SummaryStyle | undefined,
  flags: FlagReader,
  { summary: { style } }: OpenedModel,
  terminal: Terminal,
): SummaryStyle {
  const more = ["expand", "trainable"].filter((key) => flags.has(key));
  const chosen = asked ?? style;
  if (chosen !== "keras2" || more.length === 0) return chosen;
  if (asked === undefined) {
    terminal.say(terminal.dim("Keras 2 cannot show this; here is the table of tf.keras 2.15."));
    return "tfkeras2";
  }
  return fail(
    "bad-option",
    `The table of Keras 2 has no ${more.map((key) => `--${key}`).join(" and no ")}.`,
    {
      hint: "Add --style tfkeras2 or --style keras3.",
    },
  );
}

/** As Keras finds it: what the user says, `COLUMNS`, the terminal's width. */
function tableWidth(flags: FlagReader): number {
  const asked = flags.number("columns");
  if (asked !== undefined) {
    if (Number.isSafeInteger(asked) && asked > 0 && asked <= 1000) return asked;
    fail("bad-option", `--columns is ${asked}, expected a whole number from 1 to 1000.`);
  }
  const stated = Number(process.env.COLUMNS);
  return stated > 0 && Number.isSafeInteger(stated) ? stated : process.stdout.columns || 100;
}

function printCost({ summary: model, graph, warnings }: OpenedModel, flags: FlagReader): void {
  const columns = { flops: flags.has("flops"), memory: flags.has("memory") };
  if (!columns.flops && !columns.memory) return;
  if (graph === undefined) {
    if (warnings.length === 0) {
      fail("unsupported", "What an ML Program or a pipeline costs is not counted.", {
        hint: "Leave out --flops and --memory.",
      });
    }
    fail(
      "unsupported",
      "The cost of a model cannot be counted when not all its layers are known.",
      {
        hint: "Leave out --flops and --memory to see which are not.",
      },
    );
  }
  process.stdout.write(
    `\n${costTable(costOf(model, graph, { expand: flags.has("expand") }), columns)}`,
  );
}

function warn(warning: Diagnostic, terminal: Terminal): void {
  terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(inFlagWords(warning))}`);
}

import { confusionTable } from "../evaluation/confusion-table.ts";
import { percent } from "../evaluation/evaluation-report.ts";
import { pageOf, provenanceTable, section } from "../evaluation/page-parts.ts";
import { escapeXml } from "../plot/escape-xml.ts";
import { bestEpoch, type MeasuredEpochs, type TrainingReport } from "./training-report.ts";

/** A training run as one page, see `pageOf`; `curves` is what `drawCurves` drew. */
export function trainingHtml(report: TrainingReport, curves: string): string {
  const { epochs, validation } = report;
  const confusion =
    validation === undefined
      ? []
      : [section("Confusion", CONFUSION_NOTE, confusionTable({ evaluation: validation }, "plain"))];
  return pageOf({
    title: report.title,
    summary: summary(report),
    tiles: tiles(report),
    faults: report.faults,
    sections: [
      section("Curves", "", `<figure class="charts">${curves}</figure>`),
      section("Epochs", epochNote(epochs), epochTable(epochs)),
      ...confusion,
      section("Where this comes from", "", provenanceTable(report.provenance)),
    ],
  });
}

const CONFUSION_NOTE =
  "The trained model on the validation pictures. Rows are true classes, columns what it said; the colour is the share of the row.";

function summary({ epochs, seconds }: TrainingReport): string {
  const count = epochs.epoch.length;
  const said = count === 1 ? "1 epoch" : `${count} epochs`;
  return `${said} in ${seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`}`;
}

function tiles({
  epochs,
  validation,
}: TrainingReport): readonly (readonly [string, string, string])[] {
  const best = bestEpoch(epochs);
  const isValidated = epochs.history.val_loss !== undefined;
  const last = Object.entries(epochs.history)
    .filter(([name]) => !RATES.includes(name) && (!isValidated || name.startsWith("val_")))
    .slice(0, 4)
    .map(([name, values]) => {
      const value = values.at(-1) ?? Number.NaN;
      return [name, numberText(name, value), "after the last epoch"] as const;
    });
  return [
    ...(best === undefined
      ? []
      : [["Best epoch", String(best), isValidated ? "least val_loss" : "least loss"] as const]),
    ...last,
    ...(validation === undefined
      ? []
      : [
          ["Accuracy", percent(validation.accuracy), "of the written model in validation"] as const,
        ]),
  ];
}

const RATES: readonly string[] = ["lr", "learning_rate"];

function epochNote({ history }: MeasuredEpochs): string {
  return `★ has the least ${history.val_loss === undefined ? "loss" : "val_loss"}.`;
}

function epochTable(epochs: MeasuredEpochs): string {
  const { epoch, history } = epochs;
  const names = Object.keys(history);
  const best = bestEpoch(epochs);
  const head = names.map((name) => `<th scope="col">${escapeXml(name)}</th>`);
  const rows = epoch.map((number, at) => {
    const cells = names.map((name) => {
      const values = history[name] ?? [];
      const value = values[at - (epoch.length - values.length)];
      return `<td>${value === undefined ? "–" : numberText(name, value)}</td>`;
    });
    const mark = number + 1 === best ? ' class="best"' : "";
    return `<tr${mark}><td>${number + 1}</td>${cells.join("")}</tr>`;
  });
  return `<div class="wide"><table class="list epochs"><thead><tr><th scope="col">Epoch</th>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** Rates with few digits, all else with four behind the point. */
function numberText(name: string, value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (RATES.includes(name)) return String(Number(value.toPrecision(4)));
  return Math.abs(value) < 1e-3 && value !== 0 ? value.toExponential(3) : value.toFixed(4);
}

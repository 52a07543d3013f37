import { classificationReport, mostConfused } from "../../evaluate/index.ts";
import { escapeXml } from "../plot/escape-xml.ts";
import type { EvaluationCharts } from "./charts.ts";
import { confusionTable } from "./confusion-table.ts";
import { type EvaluationReport, headlines, percent, samplesByCell } from "./evaluation-report.ts";
import { pageOf, provenanceTable, section } from "./page-parts.ts";
import { REPORT_SCRIPT, REPORT_SCRIPT_HASH } from "./page-script.ts";

/** A report as one page, see `pageOf`. */
export function evaluationHtml(report: EvaluationReport, charts: EvaluationCharts): string {
  return pageOf({
    title: report.title,
    summary: summary(report),
    tiles: headlines(report),
    faults: report.faults,
    sections: [
      section("Confusion", CONFUSION_NOTE, confusionTable(report, "clickable")),
      section("Most confused", "", confusedPairs(report)),
      section("Worst mistakes", "Wrong, and the surest of it.", worstPictures(report)),
      section(
        "Classes",
        "",
        `${classTable(report)}<figure class="wide">${charts.classes}</figure>`,
      ),
      section("Calibration", calibrationNote(report), chartPair(charts)),
      section("Report", "As scikit-learn prints it.", `<pre>${reportText(report)}</pre>`),
      section("Where this comes from", "", provenanceTable(report.provenance)),
    ],
    rest: [
      DIALOG,
      `<script type="application/json" id="data">${embed(dataOf(report))}</script>`,
      `<script>${REPORT_SCRIPT}</script>`,
    ],
    scriptHash: REPORT_SCRIPT_HASH,
  });
}

const CONFUSION_NOTE =
  'Rows are true classes, columns what the model said; the colour is the share of the row.<span class="screen"> Click a number to see its pictures.</span>';

const DIALOG =
  '<dialog aria-labelledby="cell"><button class="close" type="button" aria-label="Close">×</button><h3 id="cell"></h3><p class="muted"></p><ul class="pictures"></ul></dialog>';

function summary({ evaluation }: EvaluationReport): string {
  const { samples, classes } = evaluation;
  return `${samples} ${samples === 1 ? "picture" : "pictures"}, ${classes.length} classes`;
}

function confusedPairs({ evaluation }: EvaluationReport): string {
  const { classes, confusion } = evaluation;
  const pairs = mostConfused(confusion, 10);
  if (pairs.length === 0) return "<p>Nothing: every picture is right.</p>";
  const rows = pairs.map(({ truth, predicted, count, share }) => {
    const names = `${escapeXml(classes[truth] ?? "")} → ${escapeXml(classes[predicted] ?? "")}`;
    return `<tr><td>${names}</td><td>${count}</td><td>${percent(share)}</td></tr>`;
  });
  const head = "<tr><th>True class → said</th><th>Pictures</th><th>Of the true class</th></tr>";
  return `<div class="wide"><table class="list"><thead>${head}</thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function worstPictures({ evaluation, names, thumbnails }: EvaluationReport): string {
  const { classes, worst } = evaluation;
  if (worst.length === 0) return "<p>None: every picture is right.</p>";
  const items = worst.map(({ sample, truth, predicted, confidence, ofTruth }) => {
    const name = escapeXml(names[sample] ?? "");
    const source = thumbnails.get(sample);
    const picture =
      source === undefined
        ? '<span class="none">no picture</span>'
        : `<img src="${escapeXml(source)}" alt="${name}" loading="lazy">`;
    const said = `<b class="said">${escapeXml(classes[predicted] ?? "")}</b> ${percent(confidence)}`;
    const true_ = `is ${escapeXml(classes[truth] ?? "")} (${percent(ofTruth)})`;
    return `<li><figure>${picture}<figcaption>${said}<br>${true_}<br><small>${name}</small></figcaption></figure></li>`;
  });
  return `<ul class="pictures">${items.join("")}</ul>`;
}

function classTable({ evaluation }: EvaluationReport): string {
  const { classes, scores, rocAuc, averagePrecision } = evaluation;
  const titles = ["Class", "Precision", "Recall", "F1", "ROC-AUC", "PR-AUC", "Pictures"];
  const head = titles.map(
    (title) => `<th scope="col"><button type="button">${title}</button></th>`,
  );
  const cell = (value: number | undefined, text = value?.toFixed(4) ?? "–") =>
    `<td data-value="${value ?? -1}">${text}</td>`;
  const rows = classes.map((name, c) => {
    const score = scores.perClass[c];
    const cells = [
      score?.precision,
      score?.recall,
      score?.f1,
      rocAuc.perClass[c],
      averagePrecision.perClass[c],
    ];
    return `<tr><td>${escapeXml(name)}</td>${cells.map((value) => cell(value)).join("")}${cell(score?.support, String(score?.support ?? 0))}</tr>`;
  });
  const foot = [
    ["Mean of the classes", scores.macro] as const,
    ["Weighted by pictures", scores.weighted] as const,
  ].map(
    ([name, score]) =>
      `<tr><td>${name}</td>${[score.precision, score.recall, score.f1].map((value) => cell(value)).join("")}<td></td><td></td><td>${score.support}</td></tr>`,
  );
  return `<div class="wide"><table class="list sortable"><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody><tfoot>${foot.join("")}</tfoot></table></div>`;
}

function calibrationNote({ evaluation }: EvaluationReport): string {
  const { expectedError, overconfidence } = evaluation.calibration;
  const leaning =
    Math.abs(overconfidence) < 0.005
      ? ""
      : overconfidence > 0
        ? `, and is on average ${percent(overconfidence)} surer than it is right`
        : `, and is on average ${percent(-overconfidence)} less sure than it is right`;
  return `The model's confidence is off by ${percent(expectedError)} (expected calibration error over ${evaluation.calibration.bins.length} bins)${leaning}.`;
}

function chartPair({ calibration, confidence }: EvaluationCharts): string {
  return `<div class="charts"><figure>${calibration}<figcaption><small>How often it is right; on the dashed line as often as it says.</small></figcaption></figure><figure>${confidence}<figcaption><small>How sure it is.</small></figcaption></figure></div>`;
}

function reportText({ evaluation }: EvaluationReport): string {
  return escapeXml(classificationReport(evaluation.classes, evaluation.scores, 4));
}

/** What the script shows: of each cell those samples that have a picture, or a few names where none has. */
function dataOf(report: EvaluationReport): unknown {
  const { evaluation, thumbnails, names, scores } = report;
  const numClasses = evaluation.classes.length;
  const shownSamples: Record<string, readonly [string, number]> = {};
  const cells = [...samplesByCell(report)].map(([key, samples]) => {
    const pictured = samples.filter((sample) => thumbnails.has(sample));
    const shown = pictured.length > 0 ? pictured : samples.slice(0, 24);
    for (const sample of shown) {
      const confidence = scores[sample * numClasses + (evaluation.predicted[sample] ?? 0)] ?? 0;
      shownSamples[sample] = [names[sample] ?? "", Number(confidence.toFixed(4))];
    }
    return [key, [samples.length, shown]] as const;
  });
  return {
    classes: evaluation.classes,
    cells: Object.fromEntries(cells),
    samples: shownSamples,
    pictures: Object.fromEntries(thumbnails),
  };
}

/** JSON inside a script element: no `<`, so nothing in it can end the element or begin another. */
function embed(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

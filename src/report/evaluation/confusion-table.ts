import { normalizeByTrue } from "../../evaluate/index.ts";
import { escapeXml } from "../plot/escape-xml.ts";
import { cellKey, type EvaluationReport } from "./evaluation-report.ts";

/** More classes than this make a table that no one can read. */
const MOST_CLASSES = 50;

/** The confusion matrix as a table, of buttons where something answers them, coloured by the share of each true class; of many classes the most confused. */
export function confusionTable(
  { evaluation }: Pick<EvaluationReport, "evaluation">,
  cells: "clickable" | "plain",
): string {
  const { classes, confusion } = evaluation;
  const shares = normalizeByTrue(confusion);
  const shown = shownClasses(confusion);
  const note =
    shown.length < classes.length
      ? `<p class="muted">The ${shown.length} classes of ${classes.length} that are confused most.</p>`
      : "";
  const name = (c: number) => escapeXml(classes[c] ?? "");
  const head = shown.map((c) => `<th scope="col" title="${name(c)}"><span>${name(c)}</span></th>`);
  const rows = shown.map((r) => {
    const row = shown.map((c) => {
      const count = confusion[r]?.[c] ?? 0;
      if (count === 0) return "<td><i></i></td>";
      const key = cells === "plain" ? undefined : cellKey(r, c);
      const hit = r === c ? "hit" : "miss";
      return cell(hit, count, shares[r]?.[c] ?? 0, `${name(r)} → ${name(c)}`, key);
    });
    return `<tr><th scope="row" title="${name(r)}">${name(r)}</th>${row.join("")}</tr>`;
  });
  return `${note}<div class="wide"><table class="matrix"><thead><tr><th></th>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function cell(
  tone: "hit" | "miss",
  count: number,
  share: number,
  title: string,
  key: string | undefined,
): string {
  // Something must be seen of the smallest share.
  const depth = Math.max(0.08, tone === "hit" ? share * 0.9 : Math.min(1, share * 2) * 0.9);
  const strong = depth > 0.55 ? " strong" : "";
  const label = `${title}: ${count} (${(share * 100).toFixed(1)} %)`;
  const looks = `class="${tone}${strong}" style="--share:${depth.toFixed(3)}" title="${label}"`;
  return key === undefined
    ? `<td><i ${looks}>${count}</i></td>`
    : `<td><button type="button" ${looks} data-cell="${key}" aria-label="${label}">${count}</button></td>`;
}

function shownClasses(confusion: EvaluationReport["evaluation"]["confusion"]): readonly number[] {
  const all = confusion.map((_, c) => c);
  if (all.length <= MOST_CLASSES) return all;
  const mistakes = all.map((c) =>
    all.reduce(
      (sum, other) =>
        other === c ? sum : sum + (confusion[c]?.[other] ?? 0) + (confusion[other]?.[c] ?? 0),
      0,
    ),
  );
  const order = [...all].sort((a, b) => (mistakes[b] ?? 0) - (mistakes[a] ?? 0));
  return order.slice(0, MOST_CLASSES).sort((a, b) => a - b);
}

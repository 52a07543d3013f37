import { createHash } from "node:crypto";
import { DOMParser } from "@xmldom/xmldom";
import { describe, expect, it } from "vitest";
import { drawCharts } from "../../../src/report/evaluation/charts.ts";
import { evaluationHtml } from "../../../src/report/evaluation/html.ts";
import { REPORT_SCRIPT, REPORT_SCRIPT_HASH } from "../../../src/report/evaluation/page-script.ts";
import { hostileReport } from "./reports.ts";

const report = hostileReport();
const charts = await drawCharts(report.evaluation);
const html = evaluationHtml(report, charts);

describe("evaluationHtml", () => {
  it("lets no name become markup", () => {
    const scripts = html.match(/<script/g) ?? [];
    expect(scripts).toHaveLength(2);
    expect(html).not.toContain("<img src=x");
    expect(html).not.toContain("<b>.jpg");
    expect(html).not.toContain("<x>");
  });

  it("allows its own script alone to run", () => {
    const digest = createHash("sha256").update(REPORT_SCRIPT).digest("base64");
    expect(REPORT_SCRIPT_HASH).toBe(`sha256-${digest}`);
    expect(html).toContain(
      `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${REPORT_SCRIPT_HASH}'`,
    );
    expect(html).toContain(`<script>${REPORT_SCRIPT}</script>`);
  });

  it("asks for nothing from outside", () => {
    const asked = [...html.matchAll(/(?:src|href)="([^"]*)"|url\(([^)]*)\)|@import/g)];
    expect(asked.map(([, source]) => source)).toEqual(["data:image/jpeg;base64,AAAA"]);
  });

  it("counts every cell of the confusion matrix", () => {
    const cells = [...html.matchAll(/data-cell="(\d,\d)"[^>]*>(\d+)</g)].map(([, key, count]) => [
      key,
      count,
    ]);
    expect(cells).toEqual([
      ["0,0", "1"],
      ["0,1", "2"],
      ["1,0", "1"],
      ["1,1", "1"],
    ]);
  });

  it("gives the script the pictures of each cell", () => {
    const [, text = ""] = html.match(/id="data">(.*)<\/script>/) ?? [];
    const data = JSON.parse(text);
    expect(data.classes).toEqual(report.evaluation.classes);
    expect(data.cells["0,1"]).toEqual([2, [1, 4]]);
    expect(data.cells["1,0"]).toEqual([1, [2]]);
    expect(data.samples["2"]).toEqual(["=b/3.jpg", 0.7]);
    expect(data.pictures).toEqual({ "2": "data:image/jpeg;base64,AAAA" });
  });

  it("says what is not counted, and where all comes from", () => {
    expect(html).toContain("1 file cannot be used and is not counted.");
    expect(html).toContain("&lt;b&gt;.jpg: It is &lt;empty&gt;.");
    expect(html).toContain("kc evaluate &quot;&lt;x&gt;&quot;");
  });

  it("is the same for equal reports", async () => {
    expect(evaluationHtml(hostileReport(), await drawCharts(report.evaluation))).toBe(html);
  });
});

describe("drawCharts", () => {
  it.each(Object.entries(charts))("draws %s as an SVG in the page's colours", (_, svg) => {
    const faults: string[] = [];
    const parser = new DOMParser({ onError: (_level, message) => void faults.push(message) });
    const root = parser.parseFromString(svg, "image/svg+xml").documentElement;
    expect([root?.nodeName, faults]).toEqual(["svg", []]);
    expect(svg).toMatch(/fill="var\(--(good|other)\)"/);
  });
});

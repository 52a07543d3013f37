import { describe, expect, it } from "vitest";
import {
  headlines,
  picturedSamples,
  samplesByCell,
} from "../../../src/report/evaluation/evaluation-report.ts";
import { evaluationMarkdown } from "../../../src/report/evaluation/markdown.ts";
import { predictionsCsv, predictionTable } from "../../../src/report/evaluation/predictions-csv.ts";
import { hostileReport } from "./reports.ts";

describe("picturedSamples", () => {
  it("shows the worst mistakes first, then all cells, within the limits", () => {
    const report = hostileReport();
    expect(picturedSamples(report)).toEqual([1, 2, 4, 0, 3]);
    expect(picturedSamples(report, { perHit: 0 })).toEqual([1, 2, 4]);
    expect(picturedSamples(report, { total: 2 })).toEqual([1, 2]);
  });
});

describe("samplesByCell", () => {
  it("puts the surest first", () => {
    expect(samplesByCell(hostileReport()).get("0,1")).toEqual([1, 4]);
  });
});

describe("headlines", () => {
  it("leave out what is not known", () => {
    const names = headlines(hostileReport()).map(([name]) => name);
    expect(names).toContain("Loss");
    expect(names).not.toContain("Top 5");
    expect(names).not.toContain("Gain by views");
  });

  it("say what test-time augmentation gave", () => {
    const report = hostileReport();
    const { accuracy } = report.evaluation;
    const gains = [-0.0125, 0.5].map((gain) => {
      const views = { name: "flip", plainAccuracy: accuracy - gain };
      return headlines({ ...report, views }).find(([name]) => name === "Gain by views")?.[1];
    });
    expect(gains).toEqual(["-1.25", "+50.00"]);
  });
});

describe("evaluationMarkdown", () => {
  it("lets no name leave its cell", () => {
    const text = evaluationMarkdown(hostileReport());
    expect(text).toContain("# \\<img src=x onerror=alert(1)\\>\n");
    expect(text).toContain(
      '| a/\\<2\\>.jpg | \\<script\\>alert("a")\\</script\\> | \\</script\\>\\|b\\` | 80.00 % |',
    );
    expect(text).toContain("1 file could not be used and is not counted.");
  });
});

describe("predictionsCsv", () => {
  it("quotes what must be quoted, and lets no name be a formula", () => {
    const lines = predictionsCsv(predictionTable(hostileReport())).split("\r\n");
    expect(lines[0]).toBe(
      'file,label,predicted,correct,"<script>alert(""a"")</script>",</script>|b`',
    );
    expect(lines[3]).toBe('\'=b/3.jpg,</script>|b`,"<script>alert(""a"")</script>",false,0.7,0.3');
    expect(lines[4]?.startsWith('"b/4,5.jpg",')).toBe(true);
    expect(lines).toHaveLength(7);
  });

  it("has no label where the class is not known", () => {
    const text = predictionsCsv({
      classes: ["a", "b"],
      names: ["1"],
      predicted: [1],
      scores: [0.25, 0.75],
    });
    expect(text).toBe("file,predicted,a,b\r\n1,b,0.25,0.75\r\n");
  });
});

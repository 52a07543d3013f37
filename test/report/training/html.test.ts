import { DOMParser } from "@xmldom/xmldom";
import { describe, expect, it } from "vitest";
import { evaluateScores } from "../../../src/evaluate/index.ts";
import { drawCurves, standaloneCurves } from "../../../src/report/training/curves.ts";
import { trainingHtml } from "../../../src/report/training/html.ts";
import {
  bestEpoch,
  curvesOf,
  type TrainingReport,
} from "../../../src/report/training/training-report.ts";

/** Throws when it is not well-formed. */
function expectWellFormed(text: string): void {
  const onError = (level: string, message: string) => {
    throw new Error(`${level}: ${message}`);
  };
  new DOMParser({ onError }).parseFromString(text, "text/xml");
}

const EPOCHS = {
  epoch: [0, 1, 2],
  history: {
    loss: [3, 2, 1],
    acc: [0.1, 0.5, 0.9],
    val_loss: [3, 1.5, 1.75],
    val_acc: [0.2, 0.4, 0.3],
    lr: [0.01, 0.01, 0.001],
  },
};

const REPORT: TrainingReport = {
  title: "Training of <model>.h5",
  epochs: EPOCHS,
  validation: evaluateScores({
    classes: ["cat", "d<b>og"],
    truth: [0, 1, 1],
    scores: [0.9, 0.1, 0.2, 0.8, 0.7, 0.3],
  }),
  seconds: 2.5,
  provenance: [["Command", "kc train <model>.h5"]],
  faults: [{ name: "broken.jpg", why: "empty" }],
};

describe("the report of a training run", () => {
  it("says what a reader wants first: best epoch, last numbers, accuracy of the model", () => {
    const page = trainingHtml(REPORT, "<svg></svg>");
    expect(page).toContain("<li>Best epoch<b>2</b><small>least val_loss</small></li>");
    expect(page).toContain("<li>val_loss<b>1.7500</b>");
    expect(page).toContain("<li>Accuracy<b>66.67 %</b>");
    expect(page).toContain("3 epochs in 2.5 s");
  });

  it("has a row for every epoch, the best one marked, and the confusion of the validation", () => {
    const page = trainingHtml(REPORT, "");
    const row = '<tr class="best"><td>2</td><td>2.0000</td><td>0.5000</td><td>1.5000</td>';
    expect(page).toContain(row);
    expect(page.match(/<tr[^>]*><td>\d<\/td>/g)).toHaveLength(3);
    expect(page).toContain('title="d&lt;b&gt;og → cat: 1 (50.0 %)">1</i>');
  });

  it("lets nothing of a file's names become markup or run, and asks for nothing from outside", () => {
    const page = trainingHtml(REPORT, "");
    expect(page).toContain("<title>Training of &lt;model&gt;.h5</title>");
    expect(page).not.toContain("<model>");
    expect(page).not.toContain("<script");
    expect(page).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'\">");
    expect(page).not.toMatch(/(src|href)="http/);
  });

  it("does without a validation", () => {
    const { loss } = EPOCHS.history;
    const epochs = { epoch: [0, 1, 2], history: { loss } };
    const page = trainingHtml({ ...REPORT, epochs, validation: undefined }, "");
    expect(page).toContain("<li>Best epoch<b>3</b><small>least loss</small></li>");
    expect(page).not.toContain("Confusion");
  });
});

describe("the curves of a run", () => {
  it("pair training and validation, leave out a rate that stays, and know late beginnings", () => {
    const curves = curvesOf({
      epoch: [0, 1],
      history: { lr: [1, 1], acc: [0.5, 0.6], val_acc: [0.7], loss: [2, 1] },
    });
    expect(curves).toEqual([
      {
        name: "loss",
        points: [
          { epoch: 1, what: "training", value: 2 },
          { epoch: 2, what: "training", value: 1 },
        ],
      },
      {
        name: "acc",
        points: [
          { epoch: 1, what: "training", value: 0.5 },
          { epoch: 2, what: "training", value: 0.6 },
          { epoch: 2, what: "validation", value: 0.7 },
        ],
      },
    ]);
  });

  it("are drawn as SVG that stands alone, also of one epoch and of numbers that are none", async () => {
    const svg = standaloneCurves(await drawCurves(EPOCHS));
    expectWellFormed(svg);
    expect(svg.match(/>(loss|acc|lr)</g)).toEqual([">loss<", ">acc<", ">lr<"]);
    expect(svg).toContain("prefers-color-scheme:dark");
    const single = await drawCurves({ epoch: [0], history: { loss: [Number.NaN], acc: [1] } });
    expectWellFormed(single);
    expect(single).not.toContain("NaN");
  });

  it("have no best epoch where no loss is a number", () => {
    expect(bestEpoch({ epoch: [0], history: { loss: [Number.NaN] } })).toBeUndefined();
  });
});

import type { Mark, Spec } from "vega";
import type { Evaluation } from "../../evaluate/index.ts";

/** Drawings of an evaluation, as SVG elements whose colours are the page's. */
export interface EvaluationCharts {
  /** Accuracy over confidence; on the diagonal a model is as often right as it says. */
  readonly calibration: string;
  /** How many predictions have which confidence. */
  readonly confidence: string;
  /** Precision and recall of each class, the lowest F1 first. */
  readonly classes: string;
}

/** More classes than this are not drawn: the worst ones are. */
const MOST_CLASSES = 40;

/** Draws the charts. The library that does is loaded only now: it takes half a second. */
export function drawCharts(evaluation: Evaluation): Promise<EvaluationCharts> {
  return import("vega").then(({ parse, View }) => {
    const draw = (spec: Spec): Promise<string> => {
      const view = new View(parse({ config: CHART_CONFIG, ...spec }), { renderer: "none" });
      return view.toSVG().finally(() => view.finalize());
    };
    return Promise.all([
      draw(calibrationSpec(evaluation)),
      draw(confidenceSpec(evaluation)),
      draw(classesSpec(evaluation)),
    ]).then(([calibration, confidence, classes]) => ({ calibration, confidence, classes }));
  });
}

/** Colours of a page for axes and legends. */
export const CHART_CONFIG = {
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    domainColor: "var(--edge)",
    tickColor: "var(--edge)",
    gridColor: "var(--edge)",
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
  legend: { labelColor: "currentColor", labelFontSize: 12 },
} as const;

const WIDTH = 380;
const HEIGHT = 300;

function calibrationSpec({ calibration }: Evaluation): Spec {
  const bins = calibration.bins.flatMap(({ above, upTo, confidence, accuracy, count }) =>
    confidence === undefined || accuracy === undefined
      ? []
      : [{ above, upTo, confidence, accuracy, count }],
  );
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 5,
    data: [{ name: "bins", values: bins }],
    scales: [
      { name: "x", domain: [0, 1], range: "width" },
      { name: "y", domain: [0, 1], range: "height" },
    ],
    axes: [
      { orient: "bottom", scale: "x", format: "%", title: "Confidence" },
      { orient: "left", scale: "y", format: "%", title: "Accuracy", grid: true },
    ],
    marks: [
      binBars("accuracy", "var(--good)"),
      {
        type: "rule",
        encode: {
          enter: {
            x: { scale: "x", value: 0 },
            y: { scale: "y", value: 0 },
            x2: { scale: "x", value: 1 },
            y2: { scale: "y", value: 1 },
            stroke: { value: "currentColor" },
            strokeDash: { value: [4, 4] },
          },
        },
      },
    ],
  };
}

function confidenceSpec({ calibration }: Evaluation): Spec {
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 5,
    data: [{ name: "bins", values: [...calibration.bins] }],
    scales: [
      { name: "x", domain: [0, 1], range: "width" },
      {
        name: "y",
        domain: { data: "bins", field: "count" },
        range: "height",
        nice: true,
        zero: true,
      },
    ],
    axes: [
      { orient: "bottom", scale: "x", format: "%", title: "Confidence" },
      { orient: "left", scale: "y", title: "Predictions", grid: true, tickMinStep: 1 },
    ],
    marks: [binBars("count", "var(--other)")],
  };
}

/** A bar for each bin of confidence, as high as one of its numbers. */
function binBars(field: "accuracy" | "count", color: string): Mark {
  return {
    type: "rect",
    from: { data: "bins" },
    encode: {
      enter: {
        x: { scale: "x", field: "above", offset: 1 },
        x2: { scale: "x", field: "upTo", offset: -1 },
        y: { scale: "y", field },
        y2: { scale: "y", value: 0 },
        fill: { value: color },
      },
    },
  };
}

function classesSpec({ classes, scores }: Evaluation): Spec {
  const worst = classes
    .map((name, c) => ({ label: c, name, score: scores.perClass[c] }))
    .filter(({ score }) => score !== undefined && score.support > 0)
    .sort((a, b) => (a.score?.f1 ?? 0) - (b.score?.f1 ?? 0))
    .slice(0, MOST_CLASSES);
  const values = worst.flatMap(({ name, label, score }) => [
    { label, name: shorten(name), what: "precision", value: score?.precision ?? 0 },
    { label, name: shorten(name), what: "recall", value: score?.recall ?? 0 },
  ]);
  const names = Object.fromEntries(worst.map(({ label, name }) => [label, shorten(name)]));
  return {
    width: 2 * WIDTH,
    height: 24 * worst.length,
    padding: 5,
    data: [{ name: "bars", values }],
    signals: [{ name: "names", value: names }],
    scales: [
      { name: "x", domain: [0, 1], range: "width" },
      {
        name: "class",
        type: "band",
        domain: worst.map(({ label }) => label),
        range: "height",
        padding: 0.25,
      },
      {
        name: "color",
        type: "ordinal",
        domain: ["precision", "recall"],
        range: ["var(--good)", "var(--other)"],
      },
      { name: "place", type: "band", domain: ["precision", "recall"], range: [0, 18] },
    ],
    axes: [
      { orient: "top", scale: "x", format: "%", grid: true },
      {
        orient: "left",
        scale: "class",
        ticks: false,
        encode: { labels: { update: { text: { signal: "names[datum.value]" } } } },
      },
    ],
    legends: [{ fill: "color", orient: "bottom", direction: "horizontal" }],
    marks: [CLASS_BARS],
  };
}

const CLASS_BARS: Mark = {
  type: "rect",
  from: { data: "bars" },
  encode: {
    enter: {
      x: { scale: "x", value: 0 },
      x2: { scale: "x", field: "value" },
      y: { scale: "class", field: "label", offset: { scale: "place", field: "what" } },
      height: { value: 8 },
      fill: { scale: "color", field: "what" },
    },
  },
};

function shorten(name: string): string {
  const characters = [...name];
  return characters.length > 28 ? `${characters.slice(0, 27).join("")}…` : name;
}

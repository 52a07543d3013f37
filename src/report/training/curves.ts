import type { GroupMark, Legend, Scale, Spec } from "vega";
import { CHART_CONFIG } from "../evaluation/charts.ts";
import { type Curve, curvesOf, type MeasuredEpochs } from "./training-report.ts";

/** Draws what a run measured over its epochs, as an SVG element whose colours are the page's. */
export function drawCurves(epochs: MeasuredEpochs): Promise<string> {
  return import("vega").then(({ parse, View }) => {
    const view = new View(parse(curvesSpec(curvesOf(epochs).filter(hasNumbers))), {
      renderer: "none",
    });
    return view.toSVG().finally(() => view.finalize());
  });
}

/** The same as a file of its own, light or dark as the reader wants it. */
export function standaloneCurves(svg: string): string {
  return `${svg.replace(/^(<svg[^>]*>)/, `$1<style>${STYLE}</style>`)}\n`;
}

const STYLE =
  "svg{--edge:#ccd4de;--good:#2f7d4f;--other:#4a7fc1;color:#1a1f26;background:#fff}" +
  "@media (prefers-color-scheme:dark){svg{--edge:#394453;--good:#4cae76;--other:#6ea3e6;color:#e9eef5;background:#12161c}}";

const [WIDTH, HEIGHT] = [400, 240];

function curvesSpec(curves: readonly Curve[]): Spec {
  return {
    config: CHART_CONFIG,
    padding: 8,
    layout: { columns: 2, padding: { row: 34, column: 44 }, align: "all", bounds: "full" },
    scales: [
      {
        name: "color",
        type: "ordinal",
        domain: ["training", "validation"],
        range: ["var(--other)", "var(--good)"],
      },
    ],
    marks: curves.map(chart),
  };
}

function hasNumbers({ points }: Curve): boolean {
  return points.some(({ value }) => Number.isFinite(value));
}

function chart({ name, points }: Curve, index: number): GroupMark {
  const values = points.filter(({ value }) => Number.isFinite(value));
  const isSeveral = new Set(values.map(({ what }) => what)).size > 1;
  return {
    type: "group",
    encode: { update: { width: { value: WIDTH }, height: { value: HEIGHT } } },
    // As wide as lines of the grid are drawn.
    signals: [
      { name: "width", value: WIDTH },
      { name: "height", value: HEIGHT },
    ],
    title: { text: name, color: "currentColor", fontSize: 14, anchor: "start", frame: "group" },
    data: [{ name: "points", values }],
    scales: scalesOf(values.map(({ epoch }) => epoch)),
    axes: [
      { orient: "bottom", scale: "x", title: "Epoch", tickMinStep: 1, format: "d", tickCount: 8 },
      { orient: "left", scale: "y", grid: true, gridOpacity: 0.7, tickCount: 6 },
    ],
    ...(index === 0 && isSeveral ? { legends: [LEGEND] } : {}),
    marks: [
      {
        type: "group",
        from: { facet: { name: "series", data: "points", groupby: "what" } },
        marks: [line(), dots(values.length <= MOST_DOTS)],
      },
    ],
  };
}

const LEGEND: Legend = {
  stroke: "color",
  orient: "bottom",
  direction: "horizontal",
  symbolType: "stroke",
  symbolStrokeWidth: 3,
};

function scalesOf(epochs: readonly number[]): Scale[] {
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const domain = first === last ? [first - 1, last + 1] : [first, last];
  return [
    { name: "x", type: "linear", domain, range: [0, WIDTH], zero: false },
    {
      name: "y",
      type: "linear",
      domain: { data: "points", field: "value" },
      range: [HEIGHT, 0],
      nice: true,
      zero: false,
    },
  ];
}

/** More points than this are told by their line. */
const MOST_DOTS = 120;

function line(): GroupMark["marks"] extends readonly (infer M)[] | undefined ? M : never {
  return {
    type: "line",
    from: { data: "series" },
    encode: {
      enter: {
        x: { scale: "x", field: "epoch" },
        y: { scale: "y", field: "value" },
        stroke: { scale: "color", field: "what" },
        strokeWidth: { value: 2 },
      },
    },
  };
}

function dots(shown: boolean): ReturnType<typeof line> {
  return {
    type: "symbol",
    from: { data: "series" },
    encode: {
      enter: {
        x: { scale: "x", field: "epoch" },
        y: { scale: "y", field: "value" },
        fill: { scale: "color", field: "what" },
        size: { value: shown ? 22 : 0 },
      },
    },
  };
}

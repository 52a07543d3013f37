import {
  type LayerSummary,
  type SummaryShape,
  totalOf,
  uniqueWeights,
  type WeightSummary,
} from "../../ir/model-summary.ts";
import type { JsonObject } from "../../json.ts";
import { withCommas } from "../readable.ts";
import { pythonShape } from "../summary-facts.ts";
import { dtypeOf, factsOf, wrappedIn } from "./layer-facts.ts";
import { familyOf } from "./layer-family.ts";
import type { Box, Detail } from "./picture.ts";
import { printable, shorten } from "./printable.ts";
import { spellValue } from "./spell-value.ts";

/** Where a layer stands in a picture, and what its box shows. */
export interface BoxOptions {
  readonly id: string;
  readonly frame: string | undefined;
  readonly isOutput: boolean;
  readonly shapes: boolean;
  readonly dtypes: boolean;
  readonly trainable: boolean;
}

/** The box of one layer. */
export function boxOf(layer: LayerSummary, options: BoxOptions): Box {
  const { config = {} } = layer;
  const wrapped = wrappedIn(config);
  const className =
    wrapped === undefined ? layer.className : `${layer.className}(${wrapped.className})`;
  const { count } = totalOf(uniqueWeights([layer]));
  const dtype = options.dtypes ? dtypeOf(config) : undefined;
  const own = familyOf(layer.className);
  const facts =
    layer.model === undefined
      ? factsOf(config, layer.calls[0]?.outputs[0]?.length)
      : `${layer.model.layers.length} layers`;
  return {
    id: options.id,
    ...(options.frame === undefined ? {} : { frame: options.frame }),
    family:
      layer.model !== undefined
        ? "model"
        : own === "other" && wrapped !== undefined
          ? familyOf(wrapped.className)
          : own,
    className: printable(className),
    name: printable(layer.name),
    facts: printable([facts, dtype].filter((fact) => fact).join(", ")),
    shapes: options.shapes ? shapesOf(layer) : [],
    parameters: count === 0 ? "" : `${withCommas(count)} params`,
    badges: badgesOf(layer, options),
    details: detailsOf(layer),
  };
}

function badgesOf(layer: LayerSummary, options: BoxOptions): readonly string[] {
  return [
    ...(layer.calls.length > 1 ? [`shared ×${layer.calls.length}`] : []),
    ...(options.trainable && !layer.trainable ? ["frozen"] : []),
    ...(options.isOutput ? ["output"] : []),
  ];
}

/** Every different shape once; a layer with many outputs says how many more. */
function shapesOf(layer: LayerSummary): readonly string[] {
  const all = layer.calls.flatMap(({ outputs }) => outputs.map(pythonShape));
  const different = [...new Set(all)].filter((shape) => shape !== "?");
  if (different.length <= MOST_SHAPES) return different;
  return [...different.slice(0, MOST_SHAPES - 1), `and ${different.length - MOST_SHAPES + 1} more`];
}

const MOST_SHAPES = 4;
const MOST_ROWS = 200;
const MOST_CHARACTERS = 500;

function detailsOf(layer: LayerSummary): readonly Detail[] {
  const details: readonly Detail[] = [
    {
      heading: "Layer",
      rows: [
        ["name", layer.path],
        ["class", layer.className],
        ["trainable", layer.trainable ? "yes" : "no"],
      ],
    },
    ...layer.calls.map((call, index) => ({
      heading: layer.calls.length > 1 ? `Call ${index + 1}` : "Tensors",
      rows: [
        ...call.inputs.map((tensor): readonly [string, string] => [
          "from",
          tensor.tensor === 0 ? tensor.layer : `${tensor.layer}, output ${tensor.tensor + 1}`,
        ]),
        ...call.outputs.map((shape): readonly [string, string] => ["output", known(shape)]),
      ],
    })),
    { heading: "Weights", rows: weightRows(uniqueWeights([layer])) },
    { heading: "Settings", rows: layer.model === undefined ? settings(layer.config ?? {}) : [] },
  ];
  return details
    .filter(({ rows }) => rows.length > 0)
    .map(({ heading, rows }) => ({ heading, rows: cut(rows) }));
}

function known(shape: SummaryShape): string {
  return shape === undefined ? "unknown" : pythonShape(shape);
}

function weightRows(weights: readonly WeightSummary[]): readonly (readonly [string, string])[] {
  const rows = weights.map((weight): readonly [string, string] => [
    weight.role ?? weight.id,
    [
      weight.shape === undefined ? withCommas(weight.count) : pythonShape(weight.shape),
      weight.dtype,
      ...(weight.trainable ? [] : ["not trained"]),
    ].join(" "),
  ]);
  if (weights.length < 2) return rows;
  const { count } = totalOf(weights);
  return [["together", `${withCommas(count)} numbers`], ...rows];
}

function settings(config: JsonObject): readonly (readonly [string, string])[] {
  return Object.entries(config)
    .filter(([key]) => key !== "name" && key !== "trainable")
    .map(([key, value]) => [key, spellValue(value)]);
}

function cut(rows: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const shown = rows
    .slice(0, MOST_ROWS)
    .map(([name, value]): readonly [string, string] => [
      printable(shorten(name.slice(0, 2 * MOST_CHARACTERS), MOST_CHARACTERS)),
      printable(shorten(value.slice(0, 4 * MOST_CHARACTERS), MOST_CHARACTERS)),
    ]);
  return rows.length <= MOST_ROWS
    ? shown
    : [...shown, ["…", `and ${rows.length - MOST_ROWS} more`]];
}

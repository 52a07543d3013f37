import { type LayerSummary, listedLayers, type ModelSummary } from "../ir/model-summary.ts";
import { memorySize } from "./readable.ts";
import {
  classOf,
  connectionsOf,
  isChain,
  modelTotals,
  parametersOf,
  pythonShape,
  type SummaryOptions,
  shownWithin,
} from "./summary-facts.ts";

interface Table {
  readonly model: ModelSummary;
  readonly options: SummaryOptions;
  readonly chain: boolean;
  readonly width: number;
  /** Where each column ends. */
  readonly ends: readonly number[];
}

/**
 * The table of tf.keras 2.15: long texts go on in the next line, nested models stand in frames.
 *
 * @see keras/src/utils/layer_utils.py (tf.keras 2.15) `print_summary`
 */
export function tfkeras2Table(model: ModelSummary, options: SummaryOptions): string {
  const chain = isChain(model);
  const base = chain ? 65 : 98;
  const parts = chain ? [0.45, 0.85, 1] : [0.3, 0.6, 0.7, 1];
  const shown = options.trainable === true;
  const width = shown ? base + 11 : base;
  const ends = [...parts.map((part) => Math.floor(base * part)), ...(shown ? [width] : [])];
  const table: Table = { model, options, chain, width, ends };
  const header = [
    "Layer (type)",
    "Output Shape",
    "Param #",
    ...(chain ? [] : ["Connected to"]),
    ...(shown ? ["Trainable"] : []),
  ];
  const { total, trainable, fixed } = modelTotals(model);
  const counted = ({ count, bytes }: typeof total): string =>
    `${count} (${memorySize(bytes, "Byte")})`;
  return [
    `Model: "${model.name}"`,
    "_".repeat(width),
    ...row(header, 0, table),
    "=".repeat(width),
    ...listedLayers(model).flatMap((layer) => layerLines(layer, 0, false, table)),
    "=".repeat(width),
    `Total params: ${counted(total)}`,
    `Trainable params: ${counted(trainable)}`,
    `Non-trainable params: ${counted(fixed)}`,
    "_".repeat(width),
    "",
  ].join("\n");
}

/** A layer, the layers in it, and a blank line unless it is the last of its model. */
function layerLines(
  layer: LayerSummary,
  level: number,
  last: boolean,
  table: Table,
): readonly string[] {
  const { model, options, chain } = table;
  const fields = [
    `${layer.name} (${classOf(layer, "tfkeras2")})`,
    outputShape(layer),
    String(parametersOf(layer)),
    ...(chain ? [] : [connections(level === 0 ? connectionsOf(layer, model, "tfkeras2") : [])]),
    ...(options.trainable === true ? [isTrainable(layer) ? "Y" : "N"] : []),
  ];
  const lines = row(fields, level, table);
  const inner = shownWithin(layer, options);
  if (inner.length > 0) {
    const nested = inner.flatMap((sub, index) =>
      layerLines(sub, level + 1, index === inner.length - 1, table),
    );
    return [...lines, framed("¯", level + 1, table), ...nested, framed("¯", level, table)];
  }
  return last ? lines : [...lines, framed(" ", level, table)];
}

/** A nested model forgets its flag when it is loaded; its layers keep theirs. */
function isTrainable(layer: LayerSummary): boolean {
  return layer.model !== undefined || layer.trainable;
}

/** Of a model its own, whatever it was used on. */
function outputShape({ className, calls, model }: LayerSummary): string {
  const uses = model?.built === true ? [model.outputs] : calls.map((call) => call.outputs);
  if (uses.every((outputs) => outputs.length === 0)) return "?";
  const texts = new Set(
    uses.map((outputs) => {
      const shapes = outputs.map(pythonShape);
      const listed = shapes.length !== 1 || className === "InputLayer";
      return listed ? `[${shapes.join(", ")}]` : (shapes[0] ?? "?");
    }),
  );
  const [text = "?"] = texts;
  return texts.size === 1 ? text : "multiple";
}

/** As Python prints a list of texts. */
function connections(list: readonly string[]): string {
  return `[${list.map((text) => `'${text}'`).join(", ")}]`;
}

function framed(fill: string, level: number, { width }: Table): string {
  const side = "|".repeat(level);
  return `${side}${fill.repeat(width - 2 * level)}${side}`;
}

/** As many lines as the longest field needs. */
function row(fields: readonly string[], level: number, { ends }: Table): readonly string[] {
  const left = fields.map((field) => [...field]);
  const lines: string[] = [];
  while (left.some((rest) => rest.length > 0)) {
    const line: string[] = [];
    for (const [column, rest] of left.entries()) {
      const end = ends[column] ?? 0;
      const last = column === ends.length - 1;
      const room = end - (ends[column - 1] ?? 0) - (last ? 0 : 3) - (column === 0 ? level : 0);
      if (column === 0) line.push(..."|".repeat(level), " ");
      const taken = rest.splice(0, breakAfter(rest.slice(0, room).join("")) ?? room);
      line.push(...taken, ...(last ? "" : "  "));
      line.push(..." ".repeat(Math.max(0, end - line.length - (last ? level : 0))));
    }
    lines.push(`${line.join("")}${"|".repeat(level)}`);
  }
  return lines;
}

/** A line ends early after the first tuple or item that ends in it. */
function breakAfter(text: string): number | undefined {
  const found = ["),", "},", "],", "',"].flatMap((mark) => {
    const at = text.indexOf(mark);
    return at < 0 ? [] : [[...text.slice(0, at + mark.length)].length];
  });
  return found.length === 0 ? undefined : Math.min(...found);
}

import { fail } from "../errors.ts";
import { type LayerSummary, listedLayers, type ModelSummary } from "../ir/model-summary.ts";
import { type BoxColumn, boxTable, wrapWords } from "./box-table.ts";
import { memorySize, withCommas } from "./readable.ts";
import {
  classOf,
  connectionsOf,
  isChain,
  modelTotals,
  parametersOf,
  type SummaryOptions,
  shownWithin,
} from "./summary-facts.ts";

/** What Keras 3's table may show beside its usual columns. */
export interface Keras3Options extends SummaryOptions {
  /** Width of the terminal. */
  readonly columns: number;
}

/**
 * The boxed table of Keras 3, which fits itself to the terminal. Throws `bad-option` when that is too narrow.
 *
 * @see keras/src/utils/summary_utils.py `print_summary`
 */
export function keras3Table(model: ModelSummary, options: Keras3Options): string {
  const chain = isChain(model);
  const shown = options.trainable === true;
  const width = Math.min((chain ? 88 : 108) + (shown ? 12 : 0), options.columns - 4);
  const table = boxTable(
    tableColumns(chain, shown, width),
    listedLayers(model).flatMap((layer) => layerRows(layer, 0, model, chain, options)),
    width,
  );
  const { total, trainable, fixed } = modelTotals(model);
  const counted = (what: string, { count, bytes }: typeof total): string =>
    ` ${what} params: ${withCommas(count)} (${memorySize(bytes, "B")})`;
  const sums = [
    counted("Total", total),
    counted("Trainable", trainable),
    counted("Non-trainable", fixed),
  ];
  const wrapped = (text: string): readonly string[] => wrapWords(text, options.columns, true);
  return [...wrapped(`Model: "${model.name}"`), ...table, ...sums.flatMap(wrapped), ""].join("\n");
}

function tableColumns(chain: boolean, shown: boolean, width: number): readonly BoxColumn[] {
  const parts = chain ? [0.45, 0.8, 1] : [0.3, 0.56, 0.74, 1];
  const ends = (shown ? [...parts.map((part) => part * 0.9), 1] : parts).map((part) =>
    Math.floor(part * width),
  );
  const widths = ends.map((end, index) => end - (ends[index - 1] ?? 0));
  if (widths.some((size) => size < 4)) {
    fail("bad-option", "The terminal is too narrow for the table.", {
      hint: "Widen it, say --columns 100, or take another --style.",
    });
  }
  const heads: readonly Omit<BoxColumn, "width">[] = [
    { header: "Layer (type)", align: "left" },
    { header: "Output Shape", align: "left" },
    { header: "Param #", align: "right" },
    ...(chain ? [] : [{ header: "Connected to", align: "left" } as const]),
    ...(shown ? [{ header: "Trainable", align: "center" } as const] : []),
  ];
  return heads.map((head, index) => ({ ...head, width: widths[index] ?? 0 }));
}

/** The row of a layer, and those of the layers in it. */
function layerRows(
  layer: LayerSummary,
  level: number,
  model: ModelSummary,
  chain: boolean,
  options: SummaryOptions,
): readonly (readonly string[])[] {
  const prefix = level === 0 ? "" : `${"   ".repeat(level)}└ `;
  const links = level === 0 ? connectionsOf(layer, model, "keras3") : [];
  const trainable = layer.trainable ? "Y" : "N";
  const row = [
    `${prefix}${layer.name} (${classOf(layer, "keras3")})`,
    outputShape(layer),
    withCommas(parametersOf(layer)),
    ...(chain ? [] : [links.length === 0 ? "-" : links.join(", ")]),
    ...(options.trainable === true ? [layer.weights.length === 0 ? "-" : trainable] : []),
  ];
  const inner = shownWithin(layer, options);
  return [row, ...inner.flatMap((sub) => layerRows(sub, level + 1, model, chain, options))];
}

/** Of the last use. */
function outputShape({ calls }: LayerSummary): string {
  const outputs = calls.at(-1)?.outputs ?? [];
  const texts = outputs.map((shape) =>
    shape === undefined
      ? "?"
      : `(${shape.map((dim) => (dim === null ? "None" : String(dim))).join(", ")})`,
  );
  if (texts.length === 0) return "?";
  return texts.length === 1 ? (texts[0] ?? "?") : `[${texts.join(", ")}]`;
}

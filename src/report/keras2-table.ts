import { type LayerSummary, listedLayers, type ModelSummary } from "../ir/model-summary.ts";
import { withCommas } from "./readable.ts";
import {
  classOf,
  connectionsOf,
  isChain,
  modelTotals,
  parametersOf,
  pythonShape,
} from "./summary-facts.ts";

/**
 * The table of stand-alone Keras 2: fixed columns, long texts cut.
 *
 * @see keras/utils/layer_utils.py (Keras 2.2.4) `print_summary`
 */
export function keras2Table(model: ModelSummary): string {
  const chain = isChain(model);
  const width = chain ? 65 : 98;
  const ends = (chain ? [0.45, 0.85, 1] : [0.33, 0.55, 0.67, 1]).map((part) =>
    Math.floor(width * part),
  );
  const header = ["Layer (type)", "Output Shape", "Param #", ...(chain ? [] : ["Connected to"])];
  const rule = "_".repeat(width);
  const strong = "=".repeat(width);
  const rows = listedLayers(model).map((layer) => {
    const fields = [
      `${layer.name} (${classOf(layer, "keras2")})`,
      outputShape(layer),
      String(parametersOf(layer)),
    ];
    if (chain) return row(fields, ends);
    const [first = "", ...more] = connectionsOf(layer, model, "keras2");
    const lines = [[...fields, first], ...more.map((text) => ["", "", "", text])];
    return lines.map((line) => row(line, ends)).join("\n");
  });
  const { total, trainable, fixed } = modelTotals(model);
  return [
    rule,
    row(header, ends),
    strong,
    rows.join(`\n${rule}\n`),
    strong,
    `Total params: ${withCommas(total.count)}`,
    `Trainable params: ${withCommas(trainable.count)}`,
    `Non-trainable params: ${withCommas(fixed.count)}`,
    rule,
    "",
  ].join("\n");
}

/** The shape in all uses; a model's own making is one of them. */
function outputShape({ calls, model }: LayerSummary): string {
  const uses = calls.map((call) => call.outputs);
  const all = model?.built === true ? [model.outputs, ...uses] : uses;
  const texts = new Set(
    all.map((outputs) => {
      const shapes = outputs.map(pythonShape);
      return shapes.length === 1 ? (shapes[0] ?? "?") : `[${shapes.join(", ")}]`;
    }),
  );
  if (all.every((outputs) => outputs.length === 0)) return "?";
  const [text = "?"] = texts;
  return texts.size === 1 ? text : "multiple";
}

/** Each field starts one place after the last one's end, over whose last place a blank is put. */
function row(fields: readonly string[], ends: readonly number[]): string {
  let line: string[] = [];
  for (const [index, field] of fields.entries()) {
    const end = ends[index] ?? 0;
    if (index > 0) line = [...line.slice(0, -1), " "];
    line = [...line, ...field].slice(0, end);
    line.push(...Array.from({ length: end - line.length }, () => " "));
  }
  return line.join("");
}

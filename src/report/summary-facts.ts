import {
  type LayerSummary,
  listedLayers,
  type ModelSummary,
  type SummaryShape,
  type SummaryStyle,
  type SummaryTensor,
  totalOf,
  uniqueWeights,
  type WeightTotals,
} from "../ir/model-summary.ts";

/** What a table may show beside its usual columns. */
export interface SummaryOptions {
  /** Layers of nested models too. */
  readonly expand?: boolean;
  /** A column that says which layers are trained. */
  readonly trainable?: boolean;
}

/** Parameters of a model as Keras counts them. */
export interface ModelTotals {
  readonly total: WeightTotals;
  readonly trainable: WeightTotals;
  readonly fixed: WeightTotals;
}

/** Parameters of a model, every shared array once. */
export function modelTotals(model: ModelSummary): ModelTotals {
  const weights = uniqueWeights(model.layers);
  return {
    total: totalOf(weights),
    trainable: totalOf(weights.filter((weight) => weight.trainable)),
    fixed: totalOf(weights.filter((weight) => !weight.trainable)),
  };
}

/**
 * Whether Keras prints a model as a list: no layer has several inputs or uses, and nothing branches. Otherwise it adds
 * a column of connections.
 */
export function isChain(model: ModelSummary): boolean {
  if (model.sequential) return true;
  const calls = model.layers.flatMap(({ name, calls: uses }) =>
    uses.map((call, index) => ({ key: keyOf(name, index), call })),
  );
  if (calls.length > model.layers.length) return false;
  if (calls.some(({ call }) => call.inputs.length > 1)) return false;
  const read = new Set(
    calls.flatMap(({ call }) => call.inputs.map((tensor) => keyOf(tensor.layer, tensor.call))),
  );
  return calls.filter(({ key }) => !read.has(key)).length === 1;
}

/** The class as a generation of Keras names it. */
export function classOf(layer: LayerSummary, style: SummaryStyle): string {
  const functional = layer.className === "Model" || layer.className === "Functional";
  if (layer.model === undefined || !functional) return layer.className;
  return style === "keras2" ? "Model" : "Functional";
}

/** Number of parameters of one layer, every shared array once. */
export function parametersOf(layer: LayerSummary): number {
  return totalOf(uniqueWeights([layer])).count;
}

/** `conv1[0][0]` for each input, with node numbers as a generation of Keras counts them. */
export function connectionsOf(
  layer: LayerSummary,
  model: ModelSummary,
  style: SummaryStyle,
): readonly string[] {
  const byName = new Map(model.layers.map((other) => [other.name, other]));
  return layer.calls.flatMap((call) =>
    call.inputs.map((tensor) => connection(tensor, byName.get(tensor.layer), style)),
  );
}

/** In stand-alone Keras a model that is built counts its own making as node 0. */
function connection(
  { layer, call, tensor }: SummaryTensor,
  source: LayerSummary | undefined,
  style: SummaryStyle,
): string {
  const first = style === "keras2" && source?.model?.built === true ? 1 : 0;
  return `${layer}[${call + first}][${tensor}]`;
}

/** The layers below a layer, when they are asked for. */
export function shownWithin(layer: LayerSummary, options: SummaryOptions): readonly LayerSummary[] {
  return options.expand === true && layer.model !== undefined ? listedLayers(layer.model) : [];
}

/** `(None, 8, 8, 6)` as Python prints a tuple; `?` when nothing is known. */
export function pythonShape(shape: SummaryShape): string {
  if (shape === undefined) return "?";
  const dims = shape.map((dim) => (dim === null ? "None" : String(dim)));
  return dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
}

function keyOf(layer: string, call: number): string {
  return `${call}:${layer}`;
}

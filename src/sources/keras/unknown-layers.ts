import type { Diagnostics } from "../../errors.ts";
import { createBuilder } from "../../ir/create-builder.ts";
import { createLayerCall } from "./layer-call.ts";
import type { Dialect, LayerSpec } from "./layer-spec.ts";
import { refusedSpecs } from "./layers/refused.ts";
import { guard } from "./lower-layer.ts";
import type { SpecTable } from "./slots.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/** What finding hopeless layers needs besides the architecture. */
export interface ReportContext {
  readonly specs: SpecTable;
  readonly dialect: Dialect;
  readonly placeholders: boolean;
  readonly log: Diagnostics;
}

/**
 * Logs every layer that no inputs could make expressible, and gives them: unknown classes, classes refused by name,
 * quantised weights, and what wraps any of these.
 */
export function reportUnknown(
  model: ModelConfig,
  context: ReportContext,
): ReadonlySet<LayerConfig> {
  const reported = new Set<LayerConfig>();
  for (const layer of model.layers) reportLayer(layer, context, reported);
  return reported;
}

/** Whether the layer or anything in it was reported. */
function reportLayer(
  layer: LayerConfig,
  context: ReportContext,
  reported: Set<LayerConfig>,
): boolean {
  if (layer.model !== undefined) {
    const inner = layer.model.layers.map((item) => reportLayer(item, context, reported));
    return inner.includes(true);
  }
  const quantised = reportQuantised(layer, context);
  const spec = context.specs.get(layer.className);
  const hopeless =
    spec === undefined
      ? reportClass(layer, context)
      : refusedSpecs.includes(spec) && reportRefused(layer, spec, context);
  const inside =
    layer.wrapped !== undefined &&
    spec !== undefined &&
    reportLayer(layer.wrapped, context, reported);
  if (quantised || hopeless || inside) reported.add(layer);
  return quantised || hopeless || inside;
}

function reportQuantised(layer: LayerConfig, { log }: ReportContext): boolean {
  const { dtype } = layer.config;
  if (typeof dtype !== "string" || !dtype.includes("_from_")) return false;
  log.error({
    code: "unsupported",
    text: `its weights are quantised (${dtype}).`,
    at: { layer: layer.path, className: layer.fileClass },
    hint: "Save the model before quantize() is called.",
  });
  return true;
}

function reportClass(layer: LayerConfig, { specs, placeholders, log }: ReportContext): boolean {
  const { className, fileClass, path } = layer;
  if (className === "InputLayer" || placeholders) return false;
  const near = closeNames(className, [...specs.keys()]);
  const meant = near.length === 0 ? "" : ` Close names that are known: ${near.join(", ")}.`;
  log.error({
    code: "unsupported",
    text: `this class of layer is not known.${meant}`,
    at: { layer: path, className: fileClass },
    hint: "Say what it computes in a layer spec of your own (--custom FILE.mjs).",
  });
  return true;
}

/** Lets a spec that refuses whatever it gets say why. */
function reportRefused(layer: LayerConfig, spec: LayerSpec, context: ReportContext): boolean {
  const { placeholders, log, dialect } = context;
  if (placeholders && layer.className === "Lambda") return false;
  const { path, fileClass, json, trainable } = layer;
  const call = createLayerCall({
    layer,
    dialect,
    inputs: [],
    args: [],
    kwargs: {},
    keywordInputs: new Map(),
    masks: [],
    origin: { layer: path, className: fileClass, config: json, call: 0, trainable },
    build: createBuilder({ name: "", source: { format: "keras", version: "", backend: "" } }),
    log,
    weights: new Map(),
    roles: new Set(),
    wrapped: () => [],
  });
  guard(log, () => {
    spec.lower(call);
    return [];
  });
  return true;
}

/** Up to three names at most a third of their letters away, the nearest first. */
function closeNames(name: string, known: readonly string[]): readonly string[] {
  const lower = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, steps: distance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, steps }) => steps <= Math.max(candidate.length, name.length) / 3)
    .sort((a, b) => a.steps - b.steps || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 32 || a.length > 128) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

import type { Diagnostics } from "../../errors.ts";
import type { SpecTable } from "./slots.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/** Logs every layer whose class is not known, and those whose weights are quantised. */
export function reportUnknown(
  model: ModelConfig,
  specs: SpecTable,
  options: { readonly placeholders: boolean; readonly log: Diagnostics },
): void {
  for (const layer of model.layers) reportLayer(layer, specs, options);
}

function reportLayer(
  layer: LayerConfig,
  specs: SpecTable,
  options: { readonly placeholders: boolean; readonly log: Diagnostics },
): void {
  if (layer.model !== undefined) {
    reportUnknown(layer.model, specs, options);
    return;
  }
  const { className, fileClass, path } = layer;
  const at = { layer: path, className: fileClass };
  const { dtype } = layer.config;
  if (typeof dtype === "string" && dtype.includes("_from_")) {
    options.log.error({
      code: "unsupported",
      text: `its weights are quantised (${dtype}).`,
      at,
      hint: "Save the model before quantize() is called.",
    });
  }
  if (className !== "InputLayer" && !specs.has(className) && !options.placeholders) {
    const near = closeNames(className, [...specs.keys()]);
    const meant = near.length === 0 ? "" : ` Close names that are known: ${near.join(", ")}.`;
    options.log.error({
      code: "unsupported",
      text: `this class of layer is not known.${meant}`,
      at,
      hint: `Say what it computes in a layer spec of your own (--custom FILE.mjs).`,
    });
    return;
  }
  if (layer.wrapped !== undefined) reportLayer(layer.wrapped, specs, options);
}

/** Up to three names at most a third of their letters away, the nearest first. */
export function closeNames(name: string, known: readonly string[]): readonly string[] {
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

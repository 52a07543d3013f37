import type { TargetSpec } from "./target-spec.ts";

const COMMON = {
  form: "folder",
  options: ["quantize"],
  replaces: (name: string) =>
    name === "model.json" || /^group\d+-shard\d+of\d+(\.bin)?$/.test(name),
} as const;

/** Models for TensorFlow.js: folders with a `model.json` and its weights. */
export const TFJS_TARGETS: readonly TargetSpec[] = [
  {
    ...COMMON,
    name: "tfjs",
    title: "TensorFlow.js layers (a folder)",
    pattern: /[/\\]$/,
    expected: "a folder that ends in /",
    async load() {
      const { tfjsLayersWriter } = await import("./convert-tfjs.ts");
      return tfjsLayersWriter;
    },
  },
  {
    ...COMMON,
    name: "tfjs-graph",
    title: "a TensorFlow.js graph (a folder)",
    // The same folders: only --to tells.
    pattern: /(?!)/,
    expected: "such a folder with --to tfjs-graph",
    async load() {
      const { tfjsGraphWriter } = await import("./convert-tfjs-graph.ts");
      return tfjsGraphWriter;
    },
  },
];

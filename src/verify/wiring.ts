import type { FeatureDescription, Model } from "../formats/coreml/types.gen.ts";
import { describedFeatures } from "./described.ts";
import { type Network, openNetwork } from "./network.ts";
import { memberBlob, pipelineOf } from "./pipeline.ts";
import { openProgram } from "./program/open.ts";

/** What makes blobs of other blobs, whatever kind of model it belongs to. */
export interface WiredLayer {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whether it only puts the same numbers into another order or shape, scales or shifts them, or does more. */
  readonly effect: "moves" | "scales" | "computes";
}

/** How the layers of a model hang together, and what they are fed and give. */
export interface Wiring {
  readonly inputs: readonly FeatureDescription[];
  readonly outputs: readonly FeatureDescription[];
  /** In order of running. */
  readonly layers: readonly WiredLayer[];
  /** Blobs that the model gives out, or makes its answer of. */
  readonly results: readonly string[];
  /** The output that holds the label of a classifier. */
  readonly labelOutput: string | undefined;
  /** Whether arrays have exactly their declared axes. */
  readonly exactArrays: boolean;
  /** Whether names of layers may begin with that of the model around them, or be made up, as those of programs. */
  readonly scoped: boolean;
}

/** The wiring of a network, a program, or a pipeline of them. Throws what opening them throws. */
export function wiringOf(model: Model): Wiring {
  if (model.mlProgram !== undefined) return programWiring(model);
  const pipeline = pipelineOf(model);
  return pipeline === undefined
    ? networkWiring(openNetwork(model))
    : pipelineWiring(model, pipeline.models ?? []);
}

function networkWiring({
  inputs,
  outputs,
  layers,
  message,
  classifier,
  labelOutput,
}: Network): Wiring {
  const last = layers.at(-1)?.message.output?.[0] ?? "";
  return {
    inputs,
    outputs,
    layers: layers.map(({ message: { name = "", input = [], output = [] } }) => {
      return { name, inputs: input, outputs: output, effect: "computes" };
    }),
    results: [
      ...outputs.map(({ name }) => name ?? ""),
      classifier?.labelProbabilityLayerName || last,
    ],
    labelOutput,
    exactArrays: message.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING",
    scoped: false,
  };
}

/** Constants are no layers; what a classifier reads counts as given out. */
function programWiring(model: Model): Wiring {
  const { described, steps, outputs } = openProgram(model);
  const constants = new Set(
    steps.flatMap(({ run, operation, makes }) =>
      run === undefined || operation.type?.startsWith("constexpr_") === true ? makes : [],
    ),
  );
  const layers = steps
    .filter(({ makes }) => !makes.some((name) => constants.has(name)))
    .map(({ name, operation, reads, makes }) => ({
      name,
      inputs: reads.filter((one) => !constants.has(one)),
      outputs: makes,
      effect: effectOf(operation.type ?? ""),
    }));
  const classify = steps.find(({ operation }) => operation.type === "classify");
  return {
    inputs: described.inputs,
    outputs: described.outputs,
    layers,
    results: [...outputs, ...(classify?.reads ?? [])],
    labelOutput: classify === undefined ? undefined : described.predictedFeatureName,
    exactArrays: true,
    scoped: true,
  };
}

const MOVING: readonly string[] = [
  "cast",
  "expand_dims",
  "flatten2d",
  "identity",
  "reshape",
  "squeeze",
  "transpose",
];

function effectOf(type: string): WiredLayer["effect"] {
  if (MOVING.includes(type)) return "moves";
  return ["add", "mul", "real_div", "sub"].includes(type) ? "scales" : "computes";
}

/** The blobs of every member have names of their own; its features are what the members before it made. */
function pipelineWiring(model: Model, models: readonly Model[]): Wiring {
  const { inputs, outputs } = describedFeatures(model);
  const makers = new Map(inputs.map(({ name = "" }) => [name, name]));
  const members = models.map(wiringOf);
  const layers: WiredLayer[] = [];
  members.forEach((member, index) => {
    const inner = (name: string): string => memberBlob(index, name);
    for (const { name = "" } of member.inputs) {
      const source = makers.get(name);
      if (source === undefined) continue;
      layers.push({ name: "", inputs: [source], outputs: [inner(name)], effect: "moves" });
    }
    for (const layer of member.layers) {
      layers.push({
        name: layer.name,
        inputs: layer.inputs.map(inner),
        outputs: layer.outputs.map(inner),
        effect: layer.effect,
      });
    }
    for (const { name = "" } of member.outputs) makers.set(name, inner(name));
  });
  return {
    inputs,
    outputs,
    layers,
    results: members.flatMap(({ results }, index) =>
      results.map((name) => memberBlob(index, name)),
    ),
    labelOutput: members.find(({ labelOutput }) => labelOutput !== undefined)?.labelOutput,
    exactArrays: members[0]?.exactArrays ?? true,
    scoped: members.some(({ scoped }) => scoped),
  };
}

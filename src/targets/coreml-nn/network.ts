import { createDiagnostics, type Diagnostics, throwIfErrors } from "../../errors.ts";
import type { Graph, Node, ValueId } from "../../ir/graph.ts";
import { emitNode, logUnsupported } from "../emit-node.ts";
import { refuse, WAY_OUT } from "../refuse.ts";
import type { Classifier } from "./classifier.ts";
import { Emission } from "./emission.ts";
import { emitters } from "./emitters.ts";
import type { FeatureNames } from "./feature-names.ts";
import { emitInput, type InputFeature, inputFeatures } from "./inputs.ts";
import type { Settings } from "./options.ts";
import { emitOutput, type OutputFeature } from "./outputs.ts";
import { isAnyRankLayer } from "./spec-version.ts";

/** A network in layers, with what goes in and out. */
export interface EmittedNetwork {
  readonly emission: Emission;
  readonly inputs: readonly InputFeature[];
  readonly outputs: readonly OutputFeature[];
}

/** What is to be written, decided. */
export interface NetworkPlan {
  readonly graph: Graph;
  readonly settings: Settings;
  readonly names: FeatureNames;
  readonly classifier: Classifier | undefined;
  /** Nodes that train on the device. */
  readonly trainable: ReadonlySet<string>;
}

/**
 * Writes all layers. First for the classic mapping of arrays to five axes; when some layer is newer than that mapping, again with
 * arrays mapped exactly. Throws `unsupported` once, with every layer that cannot be expressed.
 */
export function emitNetwork(plan: NetworkPlan): EmittedNetwork {
  const classic = emitWith(plan, "classic");
  return classic.emission.layers.some(isAnyRankLayer) ? emitWith(plan, "exact") : classic;
}

function emitWith(plan: NetworkPlan, arrays: "classic" | "exact"): EmittedNetwork {
  const { graph, settings, names, classifier } = plan;
  const emission = new Emission({
    graph,
    arrays,
    precision: settings.modelPrecision,
    trainable: plan.trainable,
    featureNames: [...names.inputs, ...names.outputs, settings.predictedFeatureName],
    outputNames: directNames(graph, names, classifier),
  });
  const log = createDiagnostics();
  const inputs = inputFeatures(emission, names.inputs, settings);
  for (const input of inputs) {
    if (checkRank(graph, input, log)) emitInput(emission, input);
  }
  for (const node of graph.nodes) {
    if (!node.inputs.every((value) => emission.has(value))) continue;
    logUnsupported(log, () => emit(node, emission, settings));
  }
  throwIfErrors(log);
  const outputs = graph.outputs.map(({ value }, index): OutputFeature => {
    const layout = emission.naturalOf(value);
    return { name: names.outputs[index] ?? "", value, layout, shape: emission.shapeOf(value) };
  });
  outputs.forEach((output, index) => {
    emitOutput(emission, output, classifier?.binary === true && classifier.output === index);
  });
  return { emission, inputs, outputs };
}

/** A layer may write an output under its own name, unless that value is needed for something else. */
function directNames(
  graph: Graph,
  names: FeatureNames,
  classifier: Classifier | undefined,
): ReadonlyMap<ValueId, string> {
  const direct = new Map<ValueId, string>();
  graph.outputs.forEach(({ value }, index) => {
    const binary = classifier?.binary === true && classifier.output === index;
    if (!binary && !direct.has(value)) direct.set(value, names.outputs[index] ?? "");
  });
  return direct;
}

function emit(node: Node, emission: Emission, settings: Settings): void {
  if (node.op.kind === "custom" && !settings.customLayers) {
    refuse(
      node,
      "the layer is not known.",
      "As a placeholder for a class of your app: customLayers.",
    );
  }
  for (const value of node.outputs) checkNodeRank(node, emission, value);
  emitNode({ emitters, refuse }, node, emission);
}

function checkNodeRank(node: Node, emission: Emission, value: ValueId): void {
  const rank = emission.shapeOf(value).length;
  if (rank > 5)
    refuse(
      node,
      `values of ${rank} axes cannot be expressed: a blob has five, the batch among them.`,
    );
}

function checkRank(graph: Graph, { value, shape }: InputFeature, log: Diagnostics): boolean {
  if (shape.length <= 5) return true;
  const name = graph.inputs.find((port) => port.value === value)?.name ?? value;
  log.error({
    code: "unsupported",
    text: `the input has ${shape.length} axes, which cannot be expressed: a blob has five, the batch among them.`,
    at: { layer: name },
    hint: WAY_OUT,
  });
  return false;
}

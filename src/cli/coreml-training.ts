import type {
  DoubleParameter,
  Int64Parameter,
  Model,
  NetworkUpdateParameters,
} from "../formats/coreml/types.gen.ts";
import type { CoreMLFacts } from "../report/coreml-inspection.ts";
import { networkIn } from "./coreml-preprocessing.ts";

/** What of a network can be trained on the device, and how. */
export function trainingFacts(model: Model): CoreMLFacts["training"] {
  const { layers, updateParams } = networkIn(model);
  if (model.isUpdatable !== true && updateParams === undefined) return undefined;
  const trained = [...layers].filter(({ message }) => message.isUpdatable === true);
  return { layers: trained.map(({ path }) => path), setup: setupOf(updateParams ?? {}) };
}

function setupOf(params: NetworkUpdateParameters): readonly string[] {
  const { lossLayers = [], optimizer = {}, epochs, shuffle, seed } = params;
  const losses = lossLayers.map((loss) => {
    const { categoricalCrossEntropyLossLayer: entropy, meanSquaredErrorLossLayer: error } = loss;
    const { input = "", target = "" } = entropy ?? error ?? {};
    const kind = entropy === undefined ? "mean squared error" : "categorical cross entropy";
    return `${kind} of ${input} and ${target}`;
  });
  const { sgdOptimizer, adamOptimizer } = optimizer;
  const numbers: readonly (readonly [string, DoubleParameter | Int64Parameter | undefined])[] = [
    ["learning rate", (sgdOptimizer ?? adamOptimizer)?.learningRate],
    ["batches of", (sgdOptimizer ?? adamOptimizer)?.miniBatchSize],
    ["momentum", sgdOptimizer?.momentum],
    ["beta 1", adamOptimizer?.beta1],
    ["beta 2", adamOptimizer?.beta2],
    ["epsilon", adamOptimizer?.eps],
    ["epochs", epochs],
    ["seed", seed],
  ];
  return [
    ...losses,
    ...(sgdOptimizer === undefined ? [] : ["SGD"]),
    ...(adamOptimizer === undefined ? [] : ["Adam"]),
    ...numbers.flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${shortNumber(value.defaultValue ?? 0)}`],
    ),
    ...(shuffle?.defaultValue === true ? ["shuffled"] : []),
  ];
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

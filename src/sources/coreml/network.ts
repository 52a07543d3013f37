import { fail } from "../../errors.ts";
import { layerKindOf, networkOf } from "../../formats/coreml/network.ts";
import type {
  FeatureDescription,
  Model,
  NeuralNetwork,
  NeuralNetworkLayer,
} from "../../formats/coreml/types.gen.ts";
import type { Readers } from "./spelling.ts";

/** A model's network with what the description says of it. */
export interface OpenedNetwork {
  readonly message: NeuralNetwork;
  readonly layers: readonly NeuralNetworkLayer[];
  /** Inputs that count: no optional states. */
  readonly inputs: readonly FeatureDescription[];
  /** Blobs of optional states that nobody gives. */
  readonly absent: ReadonlySet<string>;
  readonly outputs: readonly NetworkOutput[];
  readonly readers: Readers;
  /** Name under which each layer appears, by its own. */
  layerName(name: string): string;
  /** What the layers that read a blob say of its channels. */
  expectedChannels(blob: string): number | undefined;
}

/** One output of the graph. */
export interface NetworkOutput {
  /** As the description calls it. */
  readonly name: string;
  readonly blob: string;
  /** Whether it holds the scores of a classifier. */
  readonly scores: boolean;
}

/** Finds the network of a model, its real inputs and outputs. Throws `unsupported` for other kinds of models. */
export function openNetwork(model: Model): OpenedNetwork {
  const message = networkOf(model);
  if (message === undefined) {
    return fail(
      "unsupported",
      `Only neural networks can be read as layers; this is ${kindOf(model)}.`,
    );
  }
  const layers = message.layers ?? [];
  const absent = absentStates(model, layers);
  const outputs = outputsOf(model, layers, absent);
  const readers = readersOf(layers, outputs);
  const names = new Set(layers.map(({ name }) => name ?? ""));
  return {
    message,
    layers,
    inputs: (model.description?.input ?? []).filter(({ name }) => !absent.has(name ?? "")),
    absent,
    outputs,
    readers,
    layerName(name) {
      const stem = name.replace(/__activation__$/, "");
      return names.has(stem) ? stem : name;
    },
    expectedChannels: (blob) => expectedBy(readers.get(blob) ?? []),
  };
}

/** What kind of model it is, in words. */
export function kindOf(model: Model): string {
  if (model.mlProgram !== undefined) return "an ML Program";
  const pipeline = model.pipeline ?? model.pipelineClassifier ?? model.pipelineRegressor;
  if (pipeline !== undefined) return "a pipeline of several models";
  const ignored = ["specificationVersion", "description", "isUpdatable"];
  const kind = Object.keys(model).find((key) => !ignored.includes(key)) ?? "nothing";
  return `of the kind ${kind}`;
}

/** As coremltools names the final states of a layer, which it declares whether they are wanted or not. */
const STATE_NAME = /_[hc]_out(_rev)?$/;

const RECURRENT: ReadonlySet<string | undefined> = new Set([
  "simpleRecurrent",
  "gru",
  "uniDirectionalLSTM",
  "biDirectionalLSTM",
]);

/** Optional inputs that only recurrent layers read, as their state. */
function absentStates(model: Model, layers: readonly NeuralNetworkLayer[]): ReadonlySet<string> {
  const optional = (model.description?.input ?? [])
    .filter(({ type }) => type?.isOptional === true)
    .map(({ name }) => name ?? "");
  const states = new Set<string>();
  const others = new Set<string>();
  for (const layer of layers) {
    const recurrent = RECURRENT.has(layerKindOf(layer));
    (layer.input ?? []).forEach((name, index) => {
      (recurrent && index > 0 ? states : others).add(name);
    });
  }
  return new Set(optional.filter((name) => states.has(name) && !others.has(name)));
}

/** Outputs of the model but for the label, which is no blob, and final states that belong to absent ones. */
function outputsOf(
  model: Model,
  layers: readonly NeuralNetworkLayer[],
  absent: ReadonlySet<string>,
): readonly NetworkOutput[] {
  const { description, neuralNetworkClassifier, neuralNetworkRegressor } = model;
  const made = new Set(layers.flatMap(({ output }) => output ?? []));
  const last = layers.at(-1)?.output?.[0] ?? "";
  const finals = new Set(
    layers.flatMap((layer) => {
      const { input = [], output = [] } = layer;
      const ours =
        RECURRENT.has(layerKindOf(layer)) && input.slice(1).some((name) => absent.has(name));
      return ours ? output.slice(1) : [];
    }),
  );
  const states = new Set(
    layers.flatMap((layer) =>
      RECURRENT.has(layerKindOf(layer)) ? (layer.output ?? []).slice(1) : [],
    ),
  );
  const found = (description?.output ?? []).flatMap(
    ({ name = "", type }): readonly NetworkOutput[] => {
      if (states.has(name) && (type?.isOptional === true || STATE_NAME.test(name))) return [];
      if (neuralNetworkClassifier !== undefined) {
        if (name === description?.predictedFeatureName) return [];
        if (name === description?.predictedProbabilitiesName) {
          const { labelProbabilityLayerName } = neuralNetworkClassifier;
          return [{ name, blob: labelProbabilityLayerName || last, scores: true }];
        }
      }
      if (neuralNetworkRegressor !== undefined && !made.has(name)) {
        return [{ name, blob: last, scores: false }];
      }
      return [{ name, blob: name, scores: false }];
    },
  );
  const kept = found.filter(({ blob }) => !finals.has(blob));
  if (kept.length > 0) return kept;
  if (neuralNetworkClassifier === undefined) return fail("bad-config", "The model has no outputs.");
  const blob = neuralNetworkClassifier.labelProbabilityLayerName || last;
  return [{ name: blob, blob, scores: true }];
}

function readersOf(
  layers: readonly NeuralNetworkLayer[],
  outputs: readonly NetworkOutput[],
): Readers {
  const readers = new Map<string, (NeuralNetworkLayer | "output")[]>();
  const note = (blob: string, reader: NeuralNetworkLayer | "output"): void => {
    const list = readers.get(blob);
    if (list === undefined) readers.set(blob, [reader]);
    else list.push(reader);
  };
  for (const layer of layers) for (const blob of new Set(layer.input)) note(blob, layer);
  for (const { blob } of outputs) note(blob, "output");
  return readers;
}

function expectedBy(readers: readonly (NeuralNetworkLayer | "output")[]): number | undefined {
  for (const reader of readers) {
    if (reader === "output") continue;
    const size = reader.innerProduct?.inputChannels ?? reader.batchnorm?.channels;
    if (size !== undefined && size > 0) return size;
  }
  return undefined;
}

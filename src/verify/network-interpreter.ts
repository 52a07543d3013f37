import type { Model } from "../formats/coreml/types.gen.ts";
import { LayerCall } from "./call.ts";
import { classify } from "./classify.ts";
import { type InputMapping, type ModelInput, readFeature, wrongInput } from "./features.ts";
import { roundToHalf } from "./half.ts";
import type { Interpreter, RunOptions } from "./interpreter.ts";
import { inLayer } from "./limits.ts";
import { type Network, openNetwork } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Runs the neural network of a Core ML model from its message alone, on plain arrays, by the
 * semantics of the published format. Blobs are stored as float32, sums are made in float64.
 *
 * Throws `KcError`: `unsupported` for what is not computed here, `bad-config`, `bad-shape` and
 * `bad-weights` for networks that are not sound, `bad-option` for inputs that do not fit.
 */
export function createNetworkInterpreter(model: Model): Interpreter {
  const network = openNetwork(model);
  return {
    run(inputs, options = {}) {
      const blobs = runLayers(network, readInputs(network, inputs), options);
      const { classifier, outputs } = network;
      if (classifier !== undefined) return classify(model, classifier, blobs);
      return new Map(
        outputs.flatMap(({ name = "" }) => {
          const blob = blobs.get(name);
          return blob === undefined ? [] : [[name, blob] as const];
        }),
      );
    },
  };
}

type Blobs = Map<string, Tensor>;

function readInputs(network: Network, inputs: Readonly<Record<string, ModelInput>>): Blobs {
  const { message } = network;
  const mapping: InputMapping = {
    exactArrays: message.arrayInputShapeMapping === "EXACT_ARRAY_MAPPING",
    rank4Images: message.imageInputShapeMapping === "RANK4_IMAGE_MAPPING",
    preprocessing: message.preprocessing ?? [],
  };
  const given = new Map(Object.entries(inputs));
  const blobs: Blobs = new Map();
  for (const feature of network.inputs) {
    const name = feature.name ?? "";
    const blob = readFeature(feature, given.get(name), mapping);
    if (blob !== undefined) blobs.set(name, blob);
    given.delete(name);
  }
  for (const name of given.keys()) wrongInput(name, "is none of the model's");
  return blobs;
}

/** Runs all layers; a blob is dropped after its last reader unless it is wanted. */
function runLayers(
  network: Network,
  inputs: ReadonlyMap<string, Tensor>,
  { half = false, observe }: RunOptions,
): Blobs {
  const blobs: Blobs = new Map();
  const keep = (name: string, made: Tensor): void => {
    const blob = half ? roundToHalf(made) : made;
    blobs.set(name, blob);
    observe?.(name, blob);
  };
  inputs.forEach((blob, name) => {
    keep(name, blob);
  });
  const lastReader = new Map<string, number>();
  network.layers.forEach(({ message }, index) => {
    for (const name of message.input ?? []) lastReader.set(name, index);
  });
  for (const name of wantedBlobs(network)) lastReader.delete(name);
  network.layers.forEach(({ message, kind, run }, index) => {
    const names = message.input ?? [];
    const call = new LayerCall(
      message,
      kind,
      names.map((name) => blobs.get(name)),
    );
    const results = inLayer({ layer: message.name ?? "", className: kind }, () => run(call));
    const outputs = message.output ?? [];
    call.require(
      results.length === outputs.length,
      `names ${outputs.length} outputs, but makes ${results.length}`,
    );
    outputs.forEach((name, at) => {
      const result = results[at];
      if (result !== undefined) keep(name, result);
    });
    for (const name of names) if (lastReader.get(name) === index) blobs.delete(name);
  });
  return blobs;
}

function wantedBlobs({ outputs, classifier, layers }: Network): readonly string[] {
  const names = outputs.map(({ name }) => name ?? "");
  if (classifier === undefined) return names;
  return [
    ...names,
    classifier.labelProbabilityLayerName ?? "",
    ...(layers.at(-1)?.message.output ?? []),
  ];
}

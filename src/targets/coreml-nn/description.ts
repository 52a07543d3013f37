import type {
  FeatureDescription,
  Metadata,
  ModelDescription,
} from "../../formats/coreml/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import type { Classifier } from "./classifier.ts";
import { describeInput, descriptionOf } from "./inputs.ts";
import type { EmittedNetwork } from "./network.ts";
import type { Settings } from "./options.ts";
import { describeOutput, describeState } from "./outputs.ts";
import type { UpdatePlan } from "./updatable.ts";

/** What the description is made from. */
export interface Described {
  readonly graph: Graph;
  readonly settings: Settings;
  readonly classifier: Classifier | undefined;
}

/** The model's inputs, outputs and metadata. */
export function describe(
  plan: Described,
  network: EmittedNetwork,
  update: UpdatePlan | undefined,
): ModelDescription {
  const { graph, settings, classifier } = plan;
  const { emission, inputs } = network;
  const input = [
    ...inputs.map((feature) => describeInput(graph, feature, emission.arrays, settings)),
    ...emission.stateInputs.map((state) => describeState(state, true, settings)),
  ];
  const trainingInput = update === undefined ? {} : { trainingInput: [...input, update.target] };
  const predicted =
    classifier === undefined
      ? {}
      : {
          predictedFeatureName: classifier.predictedFeature,
          predictedProbabilitiesName: classifier.probabilities,
        };
  return {
    input,
    output: describeOutputs(plan, network),
    ...predicted,
    ...trainingInput,
    ...metadataOf(settings),
  };
}

/** The probabilities become a dictionary by label, followed by the label. */
function describeOutputs(
  { settings, classifier }: Described,
  { emission, outputs }: EmittedNetwork,
): readonly FeatureDescription[] {
  const states = emission.stateOutputs.map((state) => describeState(state, false, settings));
  const plain = outputs.map((feature) => describeOutput(feature, emission.arrays, settings));
  if (classifier === undefined) return [...plain, ...states];
  const text = typeof classifier.labels[0] === "string";
  const name = classifier.predictedFeature;
  const key = text ? { stringKeyType: {} } : { int64KeyType: {} };
  const label: FeatureDescription = {
    name,
    ...descriptionOf(settings.outputDescriptions, name),
    type: text ? { stringType: {} } : { int64Type: {} },
  };
  return [
    ...plain.flatMap((output, index) =>
      index === classifier.output
        ? [{ ...output, type: { dictionaryType: key } }, label]
        : [output],
    ),
    ...states,
  ];
}

function metadataOf(settings: Settings): { readonly metadata?: Metadata } {
  const { author, license, shortDescription, modelVersion: versionString, userDefined } = settings;
  const metadata = {
    shortDescription,
    versionString,
    author,
    license,
    ...(userDefined === undefined ? {} : { userDefined: new Map(Object.entries(userDefined)) }),
  };
  return Object.values(metadata).every((value) => value === undefined) ? {} : { metadata };
}

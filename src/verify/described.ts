import { fail } from "../errors.ts";
import type { FeatureDescription, Model } from "../formats/coreml/types.gen.ts";

/** What an app sees of a model. */
export interface Described {
  readonly inputs: readonly FeatureDescription[];
  readonly outputs: readonly FeatureDescription[];
  readonly predictedFeatureName: string;
  readonly predictedProbabilitiesName: string;
}

/**
 * The inputs and outputs of a model; of a program with several functions those of the function that runs by default.
 * Throws `bad-config` when the description does not have it.
 */
export function describedFeatures({ description = {} }: Model): Described {
  const { functions = [], defaultFunctionName = "" } = description;
  const found =
    functions.length === 0
      ? description
      : functions.find(({ name }) => name === defaultFunctionName);
  if (found === undefined) {
    return fail("bad-config", `The model does not describe its function "${defaultFunctionName}".`);
  }
  const { input = [], output = [], predictedFeatureName = "" } = found;
  const { predictedProbabilitiesName = "" } = found;
  return { inputs: input, outputs: output, predictedFeatureName, predictedProbabilitiesName };
}

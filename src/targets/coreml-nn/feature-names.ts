import { fail } from "../../errors.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
import { checkDistinct, checkKnown } from "../option-names.ts";
import type { Settings } from "./options.ts";

/** Names of the model's inputs and outputs, in the order of the graph's. */
export interface FeatureNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The names asked for, or `input1`, `output1`, … Throws `bad-option` when they do not fit the model. */
export function featureNames(graph: Graph, settings: Settings): FeatureNames {
  const inputs = namesFor("input", graph.inputs, settings.inputNames);
  const outputs = namesFor("output", graph.outputs, settings.outputNames);
  const classifier = settings.classLabels !== undefined || settings.binaryLabels !== undefined;
  const given = classifier ? [...outputs, settings.predictedFeatureName] : outputs;
  checkDistinct([...inputs, ...given]);
  const { imageInputNames = [], imageScale, inputDescriptions = {} } = settings;
  const { outputDescriptions = {}, predictedProbabilitiesOutput: probabilities } = settings;
  const all = { known: inputs, what: "inputs" };
  checkKnown("imageInputNames", imageInputNames, all);
  checkKnown("inputDescriptions", Object.keys(inputDescriptions), all);
  if (typeof imageScale === "object") {
    const images = { known: imageInputNames, what: "image inputs" };
    checkKnown("imageScale", Object.keys(imageScale), images);
  }
  checkKnown("outputDescriptions", Object.keys(outputDescriptions), {
    known: given,
    what: "outputs",
  });
  checkKnown("predictedProbabilitiesOutput", probabilities === undefined ? [] : [probabilities], {
    known: outputs,
    what: "outputs",
  });
  return { inputs, outputs };
}

function namesFor(
  what: "input" | "output",
  ports: readonly GraphPort[],
  names: readonly string[] | undefined,
): readonly string[] {
  if (names === undefined) return ports.map((_, index) => `${what}${index + 1}`);
  if (names.length === ports.length) return names;
  const own = ports.map((port) => port.name).join(", ");
  return fail(
    "bad-option",
    `${what}Names gives ${count(names.length, "name")}, but the model has ${count(ports.length, what)}: ${own}.`,
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

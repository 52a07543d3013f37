import { fail } from "../../errors.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
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
  const all = [...inputs, ...outputs, ...(classifier ? [settings.predictedFeatureName] : [])];
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice !== undefined) {
    fail("bad-option", `The name "${twice}" is given to two inputs or outputs.`);
  }
  checkKnown("imageInputNames", settings.imageInputNames ?? [], inputs, "inputs");
  checkKnown("inputDescriptions", Object.keys(settings.inputDescriptions ?? {}), inputs, "inputs");
  if (typeof settings.imageScale === "object") {
    checkKnown(
      "imageScale",
      Object.keys(settings.imageScale),
      settings.imageInputNames ?? [],
      "image inputs",
    );
  }
  const given = classifier ? [...outputs, settings.predictedFeatureName] : outputs;
  checkKnown(
    "outputDescriptions",
    Object.keys(settings.outputDescriptions ?? {}),
    given,
    "outputs",
  );
  const { predictedProbabilitiesOutput: probabilities } = settings;
  checkKnown(
    "predictedProbabilitiesOutput",
    probabilities === undefined ? [] : [probabilities],
    outputs,
    "outputs",
  );
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

function checkKnown(
  option: string,
  names: readonly string[],
  known: readonly string[],
  what: string,
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  fail("bad-option", `${option} names "${unknown}", which is none of the model's ${what}.`, {
    hint: known.length === 0 ? "There are none." : `There are: ${known.join(", ")}.`,
  });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

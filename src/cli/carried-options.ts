import type { Graph } from "../ir/graph.ts";
import type { ImageStatement, ModelStatement } from "../ir/model-statement.ts";
import type { CoreMLOptions } from "../targets/coreml-nn/index.ts";

/** What an option says of pixels; one of them and the file's own preparation no longer counts. */
const PIXELS = [
  "preprocessing",
  "imageScale",
  "redBias",
  "greenBias",
  "blueBias",
  "grayBias",
  "isBgr",
] as const;

/**
 * The options that write what a model file says beside its mathematics: names, pictures, labels, descriptions, metadata. What
 * `options` say counts more.
 */
export function carriedOptions(
  graph: Graph,
  statement: ModelStatement,
  options: CoreMLOptions,
): CoreMLOptions {
  const inputNames = options.inputNames ?? graph.inputs.map(({ name }) => name);
  const outputNames = options.outputNames ?? graph.outputs.map(({ name }) => name);
  const renamed = (names: readonly string[], ports: Graph["inputs"]) => (name: string) =>
    names[ports.findIndex((port) => port.name === name)] ?? name;
  const input = renamed(inputNames, graph.inputs);
  const output = renamed(outputNames, graph.outputs);
  const { metadata, labels, scores, predictedFeatureName, images } = statement;
  const { author, license, shortDescription, version, userDefined } = metadata;
  const classifier =
    labels === undefined || options.binaryLabels !== undefined
      ? {}
      : {
          classLabels: labels,
          ...(predictedFeatureName === undefined ? {} : { predictedFeatureName }),
          ...(scores === undefined ? {} : { predictedProbabilitiesOutput: output(scores) }),
        };
  return {
    ...(author === undefined ? {} : { author }),
    ...(license === undefined ? {} : { license }),
    ...(shortDescription === undefined ? {} : { shortDescription }),
    ...(version === undefined ? {} : { modelVersion: version }),
    ...(Object.keys(userDefined).length === 0 ? {} : { userDefined }),
    ...pictures(images, input, options),
    ...classifier,
    inputDescriptions: carried(statement.inputDescriptions, input, inputNames),
    outputDescriptions: carried(statement.outputDescriptions, output, [
      ...outputNames,
      ...(labels === undefined ? [] : [options.predictedFeatureName ?? predictedFeatureName ?? ""]),
    ]),
    ...options,
    inputNames,
    outputNames,
  };
}

function pictures(
  images: readonly ImageStatement[],
  nameOf: (input: string) => string,
  options: CoreMLOptions,
): CoreMLOptions {
  if (images.length === 0 || options.imageInputNames !== undefined) return {};
  const imageInputNames = images.map(({ input }) => nameOf(input));
  if (PIXELS.some((key) => options[key] !== undefined)) return { imageInputNames };
  const preprocessing = Object.fromEntries(
    images.map((image) => [nameOf(image.input), image.preprocessing]),
  );
  return { imageInputNames, preprocessing };
}

/** Descriptions under the new names, of what is still there. */
function carried(
  texts: Readonly<Record<string, string>>,
  nameOf: (name: string) => string,
  known: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts)
      .map(([name, text]) => [nameOf(name), text] as const)
      .filter(([name]) => known.includes(name)),
  );
}

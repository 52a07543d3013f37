import { membersOf } from "../formats/coreml/network.ts";
import { operationsOf } from "../formats/coreml/operations.ts";
import { layerVersions, type Model, type ModelDescription } from "../formats/coreml/types.gen.ts";
import type { CoreMLFacts } from "../report/coreml-inspection.ts";
import { featureFacts } from "./coreml-features.ts";
import { labelFacts } from "./coreml-labels.ts";
import { networkIn, preprocessingFacts } from "./coreml-preprocessing.ts";
import { trainingFacts } from "./coreml-training.ts";

/** What a Core ML message says of itself; nothing of it is computed. */
export function coreMLFacts(model: Model): CoreMLFacts {
  const { specificationVersion = 0, description = {} } = model;
  const { functions = [], metadata } = description;
  const sides = [description, ...functions];
  const training = trainingFacts(model);
  const labels = labelFacts(model);
  const writer = writerOf(metadata?.userDefined);
  return {
    kind: kindOf(model),
    specificationVersion,
    systems: systemsOf(specificationVersion),
    ...(writer === undefined ? {} : { writer }),
    inputs: sides.flatMap(({ input = [] }) => input.map(featureFacts)),
    outputs: sides.flatMap(({ output = [] }) => output.map(featureFacts)),
    states: sides.flatMap(({ state = [] }) => state.map(featureFacts)),
    preprocessing: preprocessingFacts(model),
    ...(labels === undefined ? {} : { labels }),
    layers: tally(kindsIn(model)),
    ...(training === undefined ? {} : { training }),
    functions: functionNames(description),
    models: membersOf(model).map(coreMLFacts),
  };
}

/** Metadata in words, without what is empty. */
export function metadataFacts({ description }: Model): readonly (readonly [string, string])[] {
  const { shortDescription, versionString, author, license, userDefined } =
    description?.metadata ?? {};
  const named: readonly (readonly [string, string | undefined])[] = [
    ["description", shortDescription],
    ["version", versionString],
    ["author", author],
    ["license", license],
    ...(userDefined ?? []),
  ];
  return named.flatMap(([key, value]) => (value ? [[key, value] as const] : []));
}

const NAMES: Readonly<Record<string, string>> = { mlProgram: "ML Program" };

/** `neuralNetworkClassifier` in words. */
function kindOf(model: Model): string {
  const known = new Set(["specificationVersion", "description", "isUpdatable"]);
  const kind = Object.keys(model).find((key) => !known.has(key));
  if (kind === undefined) return "a kind of model of a later format";
  const words = kind.replace(/[A-Z]+(?![a-z])|[A-Z]/g, (word) => ` ${word.toLowerCase()}`);
  const updatable = model.isUpdatable === true ? "updatable " : "";
  return `${updatable}${NAMES[kind] ?? words.trim()}`;
}

/** By specification version. @see Model.proto, the comment on specificationVersion */
const SYSTEMS: readonly string[] = [
  "no system",
  "iOS 11, macOS 10.13",
  "iOS 11.2, macOS 10.13.2",
  "iOS 12, macOS 10.14",
  "iOS 13, macOS 10.15",
  "iOS 14, macOS 11",
  "iOS 15, macOS 12",
  "iOS 16, macOS 13",
  "iOS 17, macOS 14",
  "iOS 18, macOS 15",
  "iOS 26, macOS 26",
];

function systemsOf(version: number): string {
  const systems = SYSTEMS[version];
  return systems === undefined ? "systems of later years" : `${systems} or newer`;
}

const WRITER = "com.github.apple.coremltools.";

function writerOf(userDefined: ReadonlyMap<string, string> | undefined): string | undefined {
  const version = userDefined?.get(`${WRITER}version`) ?? userDefined?.get("coremltoolsVersion");
  const source = userDefined?.get(`${WRITER}source`);
  if (version === undefined && source === undefined) return undefined;
  const tool = version === undefined ? "" : `coremltools ${version}`;
  return [tool, source && `from ${source}`].filter((word) => word).join(" ");
}

function functionNames({ functions = [], defaultFunctionName }: ModelDescription): string[] {
  return functions.map(({ name = "" }) =>
    name === defaultFunctionName ? `${name} (default)` : name,
  );
}

function* kindsIn(model: Model): Iterable<string> {
  for (const { message } of networkIn(model).layers) {
    yield Object.keys(message).find((key) => key in layerVersions) ?? "of a later format";
  }
  for (const { type } of operationsOf(model)) if (type !== "const") yield type;
}

function tally(kinds: Iterable<string>): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
}

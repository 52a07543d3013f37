import { fail } from "../errors.ts";
import { membersOf } from "../formats/coreml/network.ts";
import { type Edits, inMessage, inText, type Rule } from "../formats/coreml/rewrite.ts";
import { messageSchema } from "../formats/coreml/schema.ts";
import type { Model, ModelDescription } from "../formats/coreml/types.gen.ts";
import { type Change, inMembers } from "./change.ts";
import { checkNames, type Names, type Renaming, withRoom } from "./names.ts";
import { blobsOf, renameBlobs } from "./rename-network.ts";
import { isIdentifier, renameValues } from "./rename-program.ts";

/**
 * Gives inputs, outputs, states and the predicted feature of a model other names, and rewires everything that speaks
 * of them. Throws `bad-option` for names that are not there or not possible, `unsupported` for models whose inside
 * cannot be followed.
 */
export function renameFeatures(model: Model, names: Names): Change {
  checkNames(names, featuresOf(model));
  const places = new Map<string, number>();
  const moved = new Map<string, string>();
  const through =
    (map: Names): Renaming =>
    (name) => {
      const renamed = map.get(name);
      if (renamed === undefined) return undefined;
      if (names.has(name)) places.set(name, (places.get(name) ?? 0) + 1);
      else moved.set(name, renamed);
      return renamed;
    };
  return {
    rule: renameModel(model, names, through),
    report: () => [
      ...[...places].map(([old, count]) => {
        const where = count === 1 ? "1 place" : `${count} places`;
        return `"${old}" is now "${names.get(old)}", in ${where}`;
      }),
      ...[...moved].map(([old, name]) => `"${old}" inside is now "${name}", to make room`),
    ],
  };
}

/** Every name by which an app knows something of a model, each once. */
function featuresOf({ description = {} }: Model): readonly string[] {
  return [...new Set([description, ...(description.functions ?? [])].flatMap(namesIn))];
}

type Through = (names: Names) => Renaming;

function namesIn(description: ModelDescription): readonly string[] {
  const { input = [], output = [], state = [], trainingInput = [] } = description;
  const { predictedFeatureName, predictedProbabilitiesName } = description;
  return [
    ...[...input, ...output, ...state, ...trainingInput].map(({ name = "" }) => name),
    predictedFeatureName ?? "",
    predictedProbabilitiesName ?? "",
  ].filter((name) => name !== "");
}

function renameModel(model: Model, names: Names, through: Through): Rule {
  const features = inText(through(names));
  const feature = inMessage("FeatureDescription", { name: features });
  const inFunction = {
    input: feature,
    output: feature,
    state: feature,
    predictedFeatureName: features,
    predictedProbabilitiesName: features,
  };
  const description = inMessage("ModelDescription", {
    ...inFunction,
    trainingInput: feature,
    functions: inMessage("FunctionDescription", inFunction),
  });
  return inMessage("Model", { description, ...insideOf(model, names, through) });
}

/** What to rename inside a model, by the field that holds it. */
function insideOf(model: Model, names: Names, through: Through): Edits {
  const { description, neuralNetwork, neuralNetworkClassifier, neuralNetworkRegressor, mlProgram } =
    model;
  if (neuralNetworkClassifier !== undefined) {
    // The label is no blob: one that happens to be called so has nothing to do with it.
    const label = description?.predictedFeatureName;
    const blobs = new Map([...names].filter(([old]) => old !== label));
    const room = withRoom(blobs, blobsOf(neuralNetworkClassifier));
    return { neuralNetworkClassifier: renameBlobs("NeuralNetworkClassifier", through(room)) };
  }
  if (neuralNetwork !== undefined) {
    const room = withRoom(names, blobsOf(neuralNetwork));
    return { neuralNetwork: renameBlobs("NeuralNetwork", through(room)) };
  }
  if (neuralNetworkRegressor !== undefined) {
    const room = withRoom(names, blobsOf(neuralNetworkRegressor));
    return { neuralNetworkRegressor: renameBlobs("NeuralNetworkRegressor", through(room)) };
  }
  if (mlProgram !== undefined) {
    for (const name of names.values()) checkIdentifier(name);
    return { mlProgram: renameValues(mlProgram, names, through) };
  }
  const members = membersOf(model);
  if (members.length > 0) return renameMembers(members, names, through);
  return insideOthers(model, names, through);
}

/** The members of a pipeline find each other's features by name. */
function renameMembers(members: readonly Model[], names: Names, through: Through): Edits {
  const room = withRoom(names, new Set(members.flatMap(featuresOf)));
  const rules = members.map((member) => {
    const own = new Set(featuresOf(member));
    const renamed = new Map([...room].filter(([old]) => own.has(old)));
    return renameModel(member, renamed, through);
  });
  return inMembers((index) => rules[index]);
}

/** Other kinds of models name features in fields that are called so, if at all. */
function insideOthers(model: Model, names: Names, through: Through): Edits {
  const opaque = model.linkedModel ?? model.serializedModel;
  if (opaque !== undefined) {
    fail("unsupported", "The names of a model that lies in another file cannot be changed here.");
  }
  const renaming = inText(through(names));
  const column = inMessage("FeatureVectorizerInputColumn", { inputColumn: renaming });
  return Object.fromEntries(
    messageSchema("Model").fields.flatMap(({ name, oneof, type }) => {
      if (oneof === undefined || type.kind !== "message") return [];
      const named = messageSchema(type.name)
        .fields.filter((field) => field.name.endsWith("FeatureName"))
        .map((field) => [field.name, renaming] as const);
      const edits =
        name === "featureVectorizer" ? { inputList: column } : Object.fromEntries(named);
      return [[name, inMessage(type.name, edits)]];
    }),
  );
}

function checkIdentifier(name: string): void {
  if (isIdentifier(name)) return;
  fail("bad-option", `rename: an ML Program cannot have a value called "${name}".`, {
    hint: "Names begin with a letter or _, and go on with letters, digits, _ and @.",
  });
}

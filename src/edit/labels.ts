import { fail } from "../errors.ts";
import { membersOf } from "../formats/coreml/network.ts";
import {
  type Content,
  type Edits,
  type FieldEdit,
  inMessage,
  messageOf,
  type Rule,
  scalarOf,
  setTo,
} from "../formats/coreml/rewrite.ts";
import type { Int64Vector, Model, StringVector } from "../formats/coreml/types.gen.ts";
import { type Change, inMembers } from "./change.ts";
import { forFeature } from "./feature-descriptions.ts";
import { programLabels, relabelProgram } from "./program-labels.ts";
import { scoreCount } from "./score-count.ts";

/** Class labels in the order of the scores. */
export type Labels = readonly string[] | readonly number[];

/** Kinds of models whose labels stand in the order of their scores. */
const HOLDERS = [
  ["neuralNetworkClassifier", "NeuralNetworkClassifier"],
  ["glmClassifier", "GLMClassifier"],
  ["supportVectorClassifier", "SupportVectorClassifier"],
  ["treeEnsembleClassifier", "TreeEnsembleClassifier"],
  ["nonMaximumSuppression", "NonMaximumSuppression"],
] as const;

/**
 * Gives a classifier other labels, as many as it has scores. Numbers may become texts: then its outputs get the other
 * type too. Throws `bad-option` when they do not fit, `unsupported` where labels mean something else.
 */
export function changeLabels(model: Model, labels: Labels): Change {
  const holders = holdersOf(model);
  const [first] = holders;
  if (first === undefined) {
    return fail("bad-option", "classLabels: the model is no classifier, so it has no labels.", {
      hint: "Convert it again with class labels to make it one.",
    });
  }
  for (const holder of holders) checkFit(holder, labels);
  const all: readonly (string | number)[] = labels;
  const twice = all.find((label, index) => all.indexOf(label) !== index);
  if (twice !== undefined) {
    fail("bad-option", `classLabels: ${JSON.stringify(twice)} occurs twice.`);
  }
  return { rule: relabel(model, labels), report: () => differences(first.labels, labels) };
}

interface Holder {
  readonly labels: Labels;
  /** Scores of the network, where they can be counted. */
  readonly scores: number | undefined;
  readonly program: boolean;
}

function holdersOf(model: Model): readonly Holder[] {
  const own = labelled(model);
  const members = membersOf(model).flatMap(holdersOf);
  if (model.mlProgram !== undefined) {
    const labels = programLabels(model.mlProgram);
    return labels === undefined ? [] : [{ labels, scores: undefined, program: true }];
  }
  if (own === undefined) return members;
  const labels = own.stringClassLabels?.vector ?? own.int64ClassLabels?.vector ?? [];
  const network = model.neuralNetworkClassifier;
  const scores = network === undefined ? undefined : scoreCount(network);
  return [...members, { labels, scores, program: false }];
}

interface Labelled {
  readonly stringClassLabels?: StringVector | undefined;
  readonly int64ClassLabels?: Int64Vector | undefined;
}

function labelled(model: Model): Labelled | undefined {
  for (const [kind] of HOLDERS) {
    const holder = model[kind];
    const has = holder?.stringClassLabels ?? holder?.int64ClassLabels;
    if (has !== undefined) return holder;
  }
  return undefined;
}

function checkFit({ labels: old, scores, program }: Holder, labels: Labels): void {
  const count = scores ?? old.length;
  if (labels.length !== count) {
    const of = scores === undefined ? "labels" : "scores";
    fail(
      "bad-option",
      `classLabels gives ${labels.length} labels, but the model has ${count} ${of}.`,
      {
        hint: "Give exactly one label for each score, in the order of the scores.",
      },
    );
  }
  if (program && (typeof old[0] !== "string" || typeof labels[0] !== "string")) {
    fail(
      "unsupported",
      "Only texts can be labels of an ML Program here, and only instead of texts.",
    );
  }
}

function relabel(model: Model, labels: Labels): Rule {
  const text = typeof labels[0] === "string";
  const vector = text ? vectorOf("StringVector", labels) : vectorOf("Int64Vector", labels);
  const had = labelled(model);
  const edits: Edits =
    had === undefined
      ? {}
      : Object.fromEntries(
          HOLDERS.map(([kind, type]) => [
            kind,
            inMessage(type, {
              stringClassLabels: setTo(text ? vector : undefined),
              int64ClassLabels: setTo(text ? undefined : vector),
            }),
          ]),
        );
  const members = membersOf(model).map((member) => relabel(member, labels));
  const { mlProgram } = model;
  return inMessage("Model", {
    description: retype(model, text),
    ...edits,
    ...inMembers((index) => members[index]),
    ...(mlProgram === undefined
      ? {}
      : { mlProgram: relabelProgram(mlProgram, labels.map(String)) }),
  });
}

function vectorOf(type: "StringVector" | "Int64Vector", labels: Labels): Content {
  const contents = labels.map((label) => scalarOf(type, "vector", label));
  const fields = type === "StringVector" ? contents : [contents.flat()];
  return messageOf(
    type,
    fields.map((content) => ["vector", content] as const),
  );
}

/** The label and the keys of the probabilities have the type of the labels. */
function retype({ description = {}, mlProgram }: Model, text: boolean): Rule {
  const { predictedFeatureName, predictedProbabilitiesName } = description;
  if (mlProgram !== undefined) return () => undefined;
  const label = inMessage("FeatureType", { int64Type: present(!text), stringType: present(text) });
  const keys = inMessage("DictionaryFeatureType", {
    int64KeyType: present(!text),
    stringKeyType: present(text),
  });
  const feature = forFeature((name) => {
    if (name === "") return undefined;
    if (name === predictedFeatureName) return inMessage("FeatureDescription", { type: label });
    if (name !== predictedProbabilitiesName) return undefined;
    const type = inMessage("FeatureType", { dictionaryType: keys });
    return inMessage("FeatureDescription", { type });
  });
  return inMessage("ModelDescription", { output: feature, trainingInput: feature });
}

/** An empty message that is to be there or not; one that is there already stays untouched. */
function present(wanted: boolean): FieldEdit {
  if (!wanted) return setTo(undefined);
  return { more: (found) => (found === 0 ? [[]] : []) };
}

function differences(before: Labels, after: Labels): readonly string[] {
  const changed = [...after.keys()].filter((index) => before[index] !== after[index]);
  const shown = changed.slice(0, MOST).map((index) => {
    const old = before[index];
    return `label ${index}: ${old === undefined ? "" : `${JSON.stringify(old)} → `}${JSON.stringify(after[index])}`;
  });
  const more = changed.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more labels`] : shown;
}

const MOST = 10;

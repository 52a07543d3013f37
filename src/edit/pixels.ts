import { fail } from "../errors.ts";
import { membersOf } from "../formats/coreml/network.ts";
import {
  type FieldEdit,
  inMessage,
  inOnly,
  messageOf,
  type Rule,
  scalarOf,
  setTo,
} from "../formats/coreml/rewrite.ts";
import type {
  FeatureDescription,
  ImageFeatureType,
  Model,
  NeuralNetwork,
  NeuralNetworkImageScaler,
} from "../formats/coreml/types.gen.ts";
import { type Change, inMembers } from "./change.ts";
import { forFeature } from "./feature-descriptions.ts";

/** How pixels enter a network: `pixel * scale + bias`. What is left out stays as it is. */
export interface PixelEdit {
  /** For all pictures, or by the name of the input. */
  readonly imageScale?: number | Readonly<Record<string, number>>;
  readonly redBias?: number;
  readonly greenBias?: number;
  readonly blueBias?: number;
  readonly grayBias?: number;
  /** The order in which the network sees the colours. */
  readonly colorOrder?: "rgb" | "bgr";
}

/**
 * Changes what a neural network does to pixels before its first layer. Throws `bad-option` where there are no such
 * pictures, `unsupported` for models that prepare them otherwise: ML Programs do it by operations.
 */
export function changePixels(model: Model, edit: PixelEdit): Change {
  const images = imagesOf(model);
  if (images.length === 0) {
    fail("bad-option", "No input of the model takes a picture, so there are no pixels to prepare.");
  }
  checkInputs(images, edit);
  const report: string[] = [];
  const rule = repaint(model, new Set(images.map(({ name = "" }) => name)), edit, report);
  return { rule, report: () => [...new Set(report)] };
}

const NETWORKS = [
  ["neuralNetwork", "NeuralNetwork"],
  ["neuralNetworkClassifier", "NeuralNetworkClassifier"],
  ["neuralNetworkRegressor", "NeuralNetworkRegressor"],
] as const;

type Scaler = Readonly<Partial<Record<keyof NeuralNetworkImageScaler, number>>>;

function imagesOf({ description }: Model): readonly FeatureDescription[] {
  return (description?.input ?? []).filter(({ type }) => type?.imageType !== undefined);
}

function checkInputs(images: readonly FeatureDescription[], edit: PixelEdit): void {
  const { imageScale, redBias, greenBias, blueBias, grayBias, colorOrder } = edit;
  const names = images.map(({ name = "" }) => name);
  const unknown = Object.keys(typeof imageScale === "object" ? imageScale : {}).find(
    (name) => !names.includes(name),
  );
  if (unknown !== undefined) {
    fail("bad-option", `imageScale names "${unknown}", which is no input that takes a picture.`, {
      hint: `There are: ${names.join(", ")}.`,
    });
  }
  const gray = images.map(({ type }) => isGray(type?.imageType ?? {}));
  const ofColour = [redBias, greenBias, blueBias, colorOrder].some((value) => value !== undefined);
  if (ofColour && !gray.includes(false)) {
    fail("bad-option", "Biases and order of colours are given, but the pictures are gray.", {
      hint: "A gray picture has a grayBias.",
    });
  }
  if (grayBias !== undefined && !gray.includes(true)) {
    fail("bad-option", "grayBias is given, but the pictures are in colour.", {
      hint: "Colours have a redBias, greenBias and blueBias.",
    });
  }
}

function isGray({ colorSpace }: ImageFeatureType): boolean {
  return colorSpace === "GRAYSCALE" || colorSpace === "GRAYSCALE_FLOAT16";
}

/** Pipelines hand their pictures on by name. */
function repaint(
  model: Model,
  names: ReadonlySet<string>,
  edit: PixelEdit,
  report: string[],
): Rule {
  const images = imagesOf(model).filter(({ name = "" }) => names.has(name));
  const members = membersOf(model);
  const rules = members.map((member) => repaint(member, names, edit, report));
  const description = reorder(images, edit, report);
  const network = NETWORKS.find(([kind]) => model[kind] !== undefined);
  if (network === undefined) {
    if (images.length > 0 && members.length === 0) refuse(model);
    return inMessage("Model", { description, ...inMembers((index) => rules[index]) });
  }
  const [kind, type] = network;
  const edits = images.map((image) => rescale(model[kind] ?? {}, images, image, edit, report));
  const preprocessing = mergeEdits(edits);
  const inside = preprocessing === undefined ? {} : { [kind]: inMessage(type, { preprocessing }) };
  return inMessage("Model", { description, ...inside });
}

function refuse(model: Model): never {
  const what = model.mlProgram === undefined ? "This kind of model" : "An ML Program";
  return fail(
    "unsupported",
    `${what} prepares pixels by operations of its own, which stay as they are.`,
    {
      hint: "Convert the model again with the right preprocessing.",
    },
  );
}

/** Another order of colours is a matter of the description only. */
function reorder(
  images: readonly FeatureDescription[],
  { colorOrder }: PixelEdit,
  report: string[],
): Rule {
  const space = colorOrder?.toUpperCase();
  const changed = new Set<string>();
  for (const { name = "", type } of images) {
    const before = type?.imageType?.colorSpace;
    if (space === undefined || before === space || isGray(type?.imageType ?? {})) continue;
    changed.add(name);
    report.push(`"${name}": order of colours ${before} → ${space}`);
  }
  const colorSpace = setTo(
    space === undefined ? undefined : scalarOf("ImageFeatureType", "colorSpace", space),
  );
  const type = inMessage("FeatureType", {
    imageType: inMessage("ImageFeatureType", { colorSpace }),
  });
  const feature = forFeature((name) =>
    changed.has(name) ? inMessage("FeatureDescription", { type }) : undefined,
  );
  return inMessage("ModelDescription", { input: feature, trainingInput: feature });
}

/** What becomes of the entry of one picture: its place in the list, or a new one. */
type Entry =
  | { readonly index: number; readonly rule: Rule }
  | { readonly index: undefined; readonly content: ReturnType<typeof messageOf> };

function rescale(
  { preprocessing = [] }: NeuralNetwork,
  images: readonly FeatureDescription[],
  { name = "", type }: FeatureDescription,
  edit: PixelEdit,
  report: string[],
): Entry | undefined {
  const own = [...preprocessing.entries()].filter(
    ([, { featureName = "" }]) =>
      featureName === name || (featureName === "" && images.length === 1),
  );
  const [first, second] = own;
  const wanted = wantedScaler(name, isGray(type?.imageType ?? {}), edit);
  const before = new Map(Object.entries(first?.[1].scaler ?? { channelScale: 1 }));
  const changed = Object.entries(wanted).filter(
    ([field, value]) => (before.get(field) ?? 0) !== Math.fround(value),
  );
  if (changed.length === 0) return undefined;
  if (second !== undefined || first?.[1].meanImage !== undefined) {
    fail(
      "unsupported",
      `The pictures of "${name}" are prepared by a mean image or several steps.`,
      {
        hint: "Convert the model again with the right preprocessing.",
      },
    );
  }
  report.push(
    ...changed.map(([field, value]) => scalerLine(name, field, before.get(field) ?? 0, value)),
  );
  const parts = changed.map(([field, value]) => [field, scalarOf(SCALER, field, value)] as const);
  if (first !== undefined) {
    const edits = Object.fromEntries(parts.map(([field, content]) => [field, setTo(content)]));
    const scaler = inOnly(inMessage(SCALER, edits));
    return { index: first[0], rule: inMessage(ENTRY, { scaler }) };
  }
  // An unset scale is zero, not one.
  const scale =
    "channelScale" in wanted
      ? []
      : [["channelScale", scalarOf(SCALER, "channelScale", 1)] as const];
  const content = messageOf(ENTRY, [
    ["featureName", scalarOf(ENTRY, "featureName", name)],
    ["scaler", messageOf(SCALER, [...scale, ...parts])],
  ]);
  return { index: undefined, content };
}

const ENTRY = "NeuralNetworkPreprocessing";
const SCALER = "NeuralNetworkImageScaler";

/** In the order of the message's fields. */
function wantedScaler(name: string, gray: boolean, edit: PixelEdit): Scaler {
  const { imageScale, redBias, greenBias, blueBias, grayBias } = edit;
  const channelScale =
    typeof imageScale === "object" ? new Map(Object.entries(imageScale)).get(name) : imageScale;
  const all = gray ? { channelScale, grayBias } : { channelScale, blueBias, greenBias, redBias };
  return Object.fromEntries(
    Object.entries(all).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
}

function scalerLine(name: string, field: string, before: number, value: number): string {
  const called = field === "channelScale" ? "scale" : field.replace("Bias", " bias");
  return `"${name}": ${called} ${shortNumber(before)} → ${shortNumber(value)}`;
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function mergeEdits(entries: readonly (Entry | undefined)[]): FieldEdit | undefined {
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length === 0) return undefined;
  return {
    each: (content, index) => {
      const entry = known.find((candidate) => candidate.index === index);
      return entry?.index === undefined ? undefined : entry.rule(content);
    },
    more: () => known.flatMap((entry) => (entry.index === undefined ? [entry.content] : [])),
  };
}

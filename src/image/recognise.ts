import type { Graph, GraphPort, Node } from "../ir/graph.ts";
import { type Dim, readFloat64, type WeightRef } from "../ir/tensor.ts";
import { findFamily, PRESETS, type Preprocessing, type PresetName } from "./preprocessing.ts";

/** What the architecture tells about the pictures it wants. */
export interface Recognition {
  readonly preset: Preprocessing;
  /** One sentence for the user: what was seen, and what follows. */
  readonly why: string;
  /**
   * - `family`: a known architecture.
   * - `inside`: the graph normalises the pixels itself.
   * - `unknown`: nothing can be said; the preset is `none`, and the user should be told.
   */
  readonly kind: "family" | "inside" | "unknown";
}

/** Layer names that only one architecture has; all of them must be there, and none of `without`. */
interface Mark {
  readonly family: string;
  readonly layers: readonly RegExp[];
  readonly without?: RegExp;
  /** Where a graph that does not normalise inside wants another preset than the family's usual one. */
  readonly bare?: PresetName;
}

/**
 * Names of layers in keras.applications of all ages.
 * @see keras/src/applications (Keras 3) and keras/applications of 1.2.2, 2.1.3 and 2.2.0
 */
const MARKS: readonly Mark[] = [
  { family: "mobilenet", layers: [/conv_dw_1$/, /conv_pw_1$/] },
  { family: "mobilenet_v2", layers: [/(block_1_expand|mobl1_conv_expand|mobl1_conv_1_expand)$/] },
  // include_preprocessing=False wants [-1, 1].
  { family: "mobilenet_v3", layers: [/expanded_conv_1[_/]expand$/], bare: "tf" },
  { family: "xception", layers: [/block1_conv1$/, /block2_sepconv1$/] },
  { family: "vgg19", layers: [/block1_conv2$/, /block3_conv4$/] },
  { family: "vgg16", layers: [/block1_conv2$/, /block3_conv3$/] },
  { family: "resnet_v2", layers: [/conv2_block1_preact_bn$/] },
  { family: "densenet", layers: [/conv2_block1_concat$/] },
  { family: "resnet", layers: [/conv2_block1_3_conv$/], without: /_preact_bn$/ },
  { family: "resnet", layers: [/res2a_branch2a$/] },
  { family: "inception_resnet_v2", layers: [/mixed_5b$/, /block35_1_mixed$/] },
  { family: "inception_v3", layers: [/mixed0$/, /mixed1$/, /mixed2$/] },
  { family: "nasnet", layers: [/stem_conv1$/, /stem_bn1$/, /reduction_left1_stem_1$/] },
  // The efficientnet package of PyPI has the same names without the layers inside, trained with torch.
  { family: "efficientnet", layers: [/stem_conv$/, /block1a_dwconv$/], bare: "torch" },
  { family: "convnext", layers: [/stage_0_block_0_depthwise_conv$/], bare: "torch" },
];

/** Ops that move or cut pixels but leave their values alone. */
const PASSING: ReadonlySet<string> = new Set([
  "pad",
  "crop",
  "permute",
  "reshape",
  "noise",
  "resize",
  "slice",
]);

/** Looks at the layers and says which preprocessing the model was trained with, and why. */
export function recognise(graph: Graph): Recognition {
  const picture = graph.inputs.find((port) => isPicture(shapeOf(graph, port)));
  if (picture === undefined) return unknown("The model has no input of 1 or 3 image channels.");
  const first = firstSteps(graph, picture);
  const inside = normalisedInside(first);
  if (inside !== undefined) return inside;
  const names = graph.nodes.map((node) => node.origin.layer);
  return fromNames(names);
}

function fromNames(names: readonly string[]): Recognition {
  if (names.some((name) => /fire2\/squeeze1x1$/.test(name))) {
    return unknown(
      "The layers are those of SqueezeNet, whose copies were trained in different ways: keras-squeezenet with caffe, others with tf.",
    );
  }
  if (has(names, /block1a_project_conv$/) && !has(names, /block1a_dwconv$/)) {
    return unknown(
      "The layers are those of EfficientNetV2 without the normalisation it usually has inside.",
    );
  }
  const mark = MARKS.find(
    ({ layers, without }) =>
      layers.every((layer) => has(names, layer)) && !(without && has(names, without)),
  );
  if (mark === undefined)
    return unknown("The architecture is none of those that Keras publishes, as far as names tell.");
  const family = findFamily(mark.family);
  const preset = mark.bare ?? family?.preset ?? "none";
  const seen = names.find((name) => mark.layers[0]?.test(name)) ?? "";
  return {
    kind: "family",
    preset: PRESETS[preset],
    why: `Layer "${seen}" and others are those of ${family?.title ?? mark.family}, which is trained with ${preset} preprocessing.`,
  };
}

/** What comes right after the input, padding and the like skipped. */
function firstSteps(graph: Graph, port: GraphPort): readonly Node[] {
  const seen = new Set([port.value]);
  const steps: Node[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((value) => seen.has(value))) continue;
    if (PASSING.has(node.op.kind)) for (const value of node.outputs) seen.add(value);
    else steps.push(node);
  }
  return steps;
}

function normalisedInside(steps: readonly Node[]): Recognition | undefined {
  for (const { op, origin } of steps) {
    const layer = `Layer "${origin.layer}" (${origin.className})`;
    if (op.kind === "affine") return inside(`${layer} right after the input scales the pixels.`);
    if (op.kind === "layerNorm" || op.kind === "groupNorm" || op.kind === "unitNorm") {
      return inside(`${layer} right after the input normalises the pixels, whatever their range.`);
    }
    if (op.kind === "batchNorm") return fromMean(layer, op.weights.mean);
  }
  return undefined;
}

/** The moving mean of a batch normalisation on the input is the mean pixel it was trained with. */
function fromMean(layer: string, weight: WeightRef): Recognition {
  const mean = readFloat64(weight);
  const average = mean.reduce((sum, value) => sum + value, 0) / mean.length;
  const shown = Array.from(mean, (value) => Number(value.toPrecision(4))).join(", ");
  const seen = `${layer} right after the input has learned the mean pixel ${shown}`;
  if (average >= 20 && average <= 235) {
    return inside(`${seen}, so it normalises pixels from 0 to 255 itself.`);
  }
  return unknown(`${seen}, so the pixels were scaled before the model in some way.`);
}

function inside(why: string): Recognition {
  return { kind: "inside", preset: PRESETS.none, why };
}

function unknown(why: string): Recognition {
  return { kind: "unknown", preset: PRESETS.none, why };
}

function has(names: readonly string[], pattern: RegExp): boolean {
  return names.some((name) => pattern.test(name));
}

function shapeOf(graph: Graph, port: GraphPort): readonly Dim[] {
  return graph.types.get(port.value)?.shape ?? [];
}

function isPicture(shape: readonly Dim[]): boolean {
  const channels = [shape[1], shape[3]];
  return shape.length === 4 && channels.some((dim) => dim === 1 || dim === 3);
}

import { fail } from "../errors.ts";
import { type ByteFolder, type ByteSource, isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import type { ReadKerasOptions } from "../sources/keras/index.ts";
import { coreMLSide, requireLayers } from "./coreml-side.ts";
import { kerasNames } from "./keras-names.ts";
import { kerasGraphSide, kerasSide, type ReadSide } from "./keras-side.ts";
import type { DiffSide } from "./side.ts";

/**
 * Both models of a comparison. Two Keras files are compared by their configs too, a Keras file and one of Core ML by
 * what they compute, under the names that Keras gives the layers. Throws what reading either throws.
 */
export function readSides(
  a: ByteSource | ByteFolder,
  b: ByteSource | ByteFolder,
  options: ReadKerasOptions,
): readonly [a: ReadSide, b: ReadSide] {
  const [left, right] = [coreMLInput(a), coreMLInput(b)];
  if (left !== undefined && right !== undefined) return [coreMLSide(left), coreMLSide(right)];
  if (left === undefined && right === undefined) {
    return [kerasSide(fileOf(a), options), kerasSide(fileOf(b), options)];
  }
  const keras = kerasGraphSide(fileOf(left === undefined ? a : b), options);
  const { layers, inputs } = keras.side;
  const coreML = coreMLSide(left ?? right ?? a, {
    nameOf: kerasNames(layers.map(({ name }) => name)),
    inputs: inputs.map(({ shape }) => shape),
  });
  requireLayers(coreML.side, (left === undefined ? b : a).name);
  const sides = [
    { ...keras, side: asFar(keras.side, coreML.side) },
    { ...coreML, side: inKerasWords(coreML.side, keras.side) },
  ] as const;
  return left === undefined ? sides : [sides[1], sides[0]];
}

/** A model that cannot be updated says nothing of what Keras would train. */
function asFar(keras: DiffSide, coreML: DiffSide): DiffSide {
  if (coreML.said?.updatable === true) return keras;
  return { ...keras, layers: keras.layers.map((layer) => ({ ...layer, trainable: true })) };
}

/** What kc writes behind an output that must have another name or other axes. */
const OF_FORM = /__(?:copy|squeeze)__$/;

/** Layers with the classes that the Keras file gives them. */
function inKerasWords(coreML: DiffSide, keras: DiffSide): DiffSide {
  const classes = new Map(keras.layers.map(({ name, className }) => [name, className]));
  const layers = coreML.layers
    .filter(({ name, weights }) => classes.has(name) || weights.length > 0 || !OF_FORM.test(name))
    .map((layer) => ({ ...layer, className: classes.get(layer.name) ?? layer.className }));
  return { ...coreML, layers };
}

function fileOf(input: ByteSource | ByteFolder): ByteSource {
  if (!isFolder(input)) return input;
  return fail("bad-format", `${input.name} is a folder, which is no model that can be compared.`, {
    hint: "Give a Keras file, a .mlmodel or a .mlpackage.",
  });
}

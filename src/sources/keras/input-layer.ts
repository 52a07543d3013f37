import { fail } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { ValueId } from "../../ir/graph.ts";
import { type Dim, type DType, formatShape } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json } from "../../json.ts";
import { quoteJson } from "./config.ts";
import type { LayerConfig, ModelConfig } from "./topology.ts";

/** Shapes that the user gives, batch first: by input name, or one for a model with one input. */
export type InputShapes = readonly Dim[] | Readonly<Record<string, readonly Dim[]>>;

/**
 * Makes the inputs of the whole model. Throws `bad-shape` when the file does not state a shape and none is
 * given, `bad-option` for a shape that contradicts the file.
 */
export function buildInputs(
  model: ModelConfig,
  options: { readonly shapes: InputShapes | undefined; readonly example: () => readonly number[] },
  build: GraphBuilder,
): readonly ValueId[] {
  const layers = model.inputs.map(
    ({ layer }) =>
      model.layers.find((candidate) => candidate.name === layer) ??
      fail("bad-config", `The input "${layer}" is no layer of the model.`),
  );
  const given = givenShapes(layers, options.shapes);
  const types = layers.map((layer) => ({
    layer,
    dtype: inputType(layer),
    shape: resolveShape(layer, given.get(layer.name)),
  }));
  const lacking = types.filter(({ shape }) => shape === undefined).map(({ layer }) => layer.name);
  if (lacking.length > 0) askForShapes(lacking, options.example());
  return types.map(({ layer, dtype, shape }) =>
    build.input(layer.name, { dtype, shape: shape ?? [] }),
  );
}

function givenShapes(
  layers: readonly LayerConfig[],
  shapes: InputShapes | undefined,
): ReadonlyMap<string, readonly Dim[]> {
  if (shapes === undefined) return new Map();
  const [first] = layers;
  if (isDims(shapes)) {
    if (layers.length === 1 && first !== undefined) return new Map([[first.name, shapes]]);
    return fail(
      "bad-option",
      `One input shape is given, but the model has ${layers.length} inputs: ${names(layers)}.`,
      { hint: "Name the input that each shape is for: --input-shape name=1,224,224,3" },
    );
  }
  const given = new Map(Object.entries(shapes));
  for (const name of given.keys()) {
    if (layers.some((layer) => layer.name === name)) continue;
    fail("bad-option", `A shape is given for "${name}", but the inputs are ${names(layers)}.`);
  }
  return given;
}

function isDims(shapes: InputShapes): shapes is readonly Dim[] {
  return Array.isArray(shapes);
}

function names(layers: readonly LayerConfig[]): string {
  return layers.map((layer) => `"${layer.name}"`).join(", ");
}

function resolveShape(
  layer: LayerConfig,
  given: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  const stated = statedShape(layer);
  if (given === undefined || stated === undefined) return given ?? stated;
  const fits =
    given.length === stated.length &&
    stated.every((dim, axis) => axis === 0 || dim === null || dim === given[axis]);
  if (fits) return given;
  return fail(
    "bad-option",
    `The shape ${formatShape(given)} given for input "${layer.name}" contradicts the file, where it is ${formatShape(stated)}.`,
  );
}

/** `batch_input_shape`; Keras 3 lists several for a layer with several inputs, of which an input has one. */
export function statedShape(layer: LayerConfig): readonly Dim[] | undefined {
  const { batch_input_shape: shape } = layer.config;
  if (shape === undefined || shape === null) return undefined;
  const list = isJsonObject(shape) ? shape.shape : shape;
  if (!isJsonList(list) || list.length === 0) return malformed(layer, shape);
  return list.map((dim) => {
    if (dim === null || dim === -1) return null;
    const sound = typeof dim === "number" && Number.isSafeInteger(dim) && dim >= 0;
    return sound ? dim : malformed(layer, shape);
  });
}

function malformed(layer: LayerConfig, shape: Json): never {
  return fail("bad-config", `The input shape is ${quoteJson(shape)}, expected a list of sizes.`, {
    at: { layer: layer.path, className: layer.fileClass },
  });
}

function inputType(layer: LayerConfig): DType {
  const { dtype } = layer.config;
  if (dtype === "string") {
    return fail("unsupported", "The input is text.", {
      at: { layer: layer.path, className: layer.fileClass },
      hint: "Cut the model behind the layers that turn text into numbers.",
    });
  }
  return typeof dtype === "string" ? (TYPES.get(dtype) ?? "float32") : "float32";
}

const TYPES: ReadonlyMap<string, DType> = new Map([
  ["float64", "float64"],
  ["float16", "float16"],
  ["bfloat16", "bfloat16"],
  ["int64", "int64"],
  ["int32", "int32"],
  ["int8", "int8"],
  ["uint8", "uint8"],
  ["bool", "bool"],
] as const);

function askForShapes(lacking: readonly string[], example: readonly number[]): never {
  const listed = lacking.map((name) => `"${name}"`).join(", ");
  const flags = lacking.map((name) => `--input-shape ${name}=${example.join(",")}`).join(" ");
  return fail(
    "bad-shape",
    `The file does not state the shape of ${lacking.length === 1 ? "input" : "the inputs"} ${listed}.`,
    { hint: `Say it, batch first, for example: ${flags}` },
  );
}

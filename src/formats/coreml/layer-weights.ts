import type { NeuralNetworkLayer, WeightParams } from "./types.gen.ts";

/** Layers by their path, with those of the networks within them. */
export function* layersIn(
  layers: readonly NeuralNetworkLayer[],
  prefix: string,
): Generator<{ readonly path: string; readonly message: NeuralNetworkLayer }> {
  for (const [index, message] of layers.entries()) {
    const path = `${prefix}${message.name || `layer ${index}`}`;
    yield { path, message };
    const { branch, loop } = message;
    const inner = [branch?.ifBranch, branch?.elseBranch, loop?.conditionNetwork, loop?.bodyNetwork];
    for (const network of inner) yield* layersIn(network?.layers ?? [], `${path}/`);
  }
}

/** The weights of one layer by their path in its message: `weights`, `PReLU/alpha`, `weightParams[0]/biasVector`. */
export function* weightsIn(layer: NeuralNetworkLayer): Generator<readonly [string, WeightParams]> {
  for (const [kind, params] of Object.entries(layer)) {
    // Networks within a layer have entries of their own.
    if (kind !== "branch" && kind !== "loop") yield* search(params, "");
  }
}

function* search(value: unknown, path: string): Generator<readonly [string, WeightParams]> {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  // Lists of numbers and names may be long.
  if (Array.isArray(value) && typeof value[0] !== "object") return;
  if (isWeight(value)) {
    yield [path, value];
    return;
  }
  if (value instanceof Map) return;
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}/${key}`;
    yield* search(item, step);
  }
}

function isWeight(value: object): value is WeightParams {
  return (
    "floatValue" in value ||
    "float16Value" in value ||
    "rawValue" in value ||
    "int8RawValue" in value
  );
}

import { isDeepStrictEqual } from "node:util";
import { toFloat32 } from "../../../src/formats/coreml/carriers.ts";
import type {
  BatchnormLayerParams,
  Model,
  NeuralNetworkLayer,
  WeightParams,
} from "../../../src/formats/coreml/types.gen.ts";

/**
 * What differs between our model and coremltools' one; empty when they mean the same. Layers are
 * compared one by one: name, kind, inputs by the layer that makes them, every parameter, every weight bit for bit.
 * `permute` layers only move axes, so they are looked through here and compared by `permutesOf`.
 */
export function layerDifferences(ours: Model, golden: Model): readonly string[] {
  const [mine, theirs] = [openNetwork(ours), openNetwork(golden)];
  const differences: string[] = [];
  const count = Math.max(mine.length, theirs.length);
  for (let index = 0; index < count; index++) {
    const [a, b] = [mine[index], theirs[index]];
    if (a === undefined || b === undefined) {
      differences.push(`${a === undefined ? "missing" : "superfluous"}: ${(a ?? b)?.title}`);
      continue;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [left, right] = [a[key], b[key]];
      if (!sameValue(left, right)) {
        differences.push(`${b.title} ${key}: ${show(left)} instead of ${show(right)}`);
      }
    }
  }
  return differences;
}

/** The `permute` layers of a model: the layer before each, and the order of axes. */
export function permutesOf(model: Model): readonly string[] {
  return layersOf(model).flatMap(({ name = "", permute }) =>
    permute === undefined ? [] : [`${name} [${(permute.axis ?? []).join()}]`],
  );
}

export function layersOf(model: Model): readonly NeuralNetworkLayer[] {
  return (model.neuralNetwork ?? model.neuralNetworkClassifier)?.layers ?? [];
}

/** What surrounds the layers: description, preprocessing, labels, training. */
export function frameOf(model: Model): unknown {
  const body = model.neuralNetwork ?? model.neuralNetworkClassifier;
  const { metadata, ...description } = model.description ?? {};
  const { userDefined: _stamp, ...said } = metadata ?? {};
  return plain({
    specificationVersion: model.specificationVersion,
    isUpdatable: model.isUpdatable,
    description,
    metadata: said,
    preprocessing: body?.preprocessing ?? [],
    updateParams: body?.updateParams,
    labels: [
      model.neuralNetworkClassifier?.stringClassLabels,
      model.neuralNetworkClassifier?.int64ClassLabels,
      model.neuralNetworkClassifier?.labelProbabilityLayerName,
    ],
  });
}

interface Line {
  readonly title: string;
  readonly [key: string]: unknown;
}

function openNetwork(model: Model): readonly Line[] {
  const maker = new Map<string, string>();
  const lines: Line[] = [];
  for (const input of model.description?.input ?? []) {
    maker.set(input.name ?? "", `input ${input.name}`);
  }
  for (const layer of layersOf(model)) {
    const { name = "", input = [], output = [], ...body } = layer;
    const sources = input.map((blob) => maker.get(blob) ?? `? ${blob}`);
    if (layer.permute !== undefined) {
      maker.set(output[0] ?? "", sources[0] ?? "");
      continue;
    }
    output.forEach((blob, index) => void maker.set(blob, `${name}.${index}`));
    const [kind = ""] = Object.keys(body).filter((key) => key !== "isUpdatable");
    lines.push({ title: `${name} (${kind})`, sources, ...flatten(meaning(body)) });
  }
  return lines;
}

/** The layer with parameters that say the same in several ways brought to one. */
function meaning(body: NeuralNetworkLayer): NeuralNetworkLayer {
  if (body.batchnorm !== undefined) return { ...body, batchnorm: folded(body.batchnorm) };
  return body;
}

/** Batch norm as one factor and one summand for each channel. */
function folded(params: BatchnormLayerParams): BatchnormLayerParams {
  const [gamma, beta, mean, variance] = [
    params.gamma,
    params.beta,
    params.mean,
    params.variance,
  ].map((weights) => toFloat32(weights?.floatValue));
  const epsilon = params.epsilon ?? 1e-5;
  const factors = Float64Array.from(
    gamma ?? [],
    (g, i) => g / Math.sqrt((variance?.[i] ?? 0) + epsilon),
  );
  const sums = factors.map((factor, i) => (beta?.[i] ?? 0) - (mean?.[i] ?? 0) * factor);
  return {
    channels: params.channels,
    gamma: { floatValue: [...factors] },
    beta: { floatValue: [...sums] },
  };
}

/** Every parameter under its path. */
function flatten(value: unknown, path = ""): Readonly<Record<string, unknown>> {
  if (isWeights(value)) {
    const values = Array.isArray(value.floatValue) ? value.floatValue : toFloat32(value.floatValue);
    return {
      [path]: values,
      ...(value.isUpdatable === true ? { [`${path} updatable`]: true } : {}),
    };
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value))
    return { [path]: value };
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  if (entries.length === 0) return { [path]: "present" };
  return Object.assign(
    {},
    ...entries.map(([key, inner]) => flatten(inner, path === "" ? String(key) : `${path}.${key}`)),
  );
}

function isWeights(value: unknown): value is WeightParams {
  return typeof value === "object" && value !== null && "floatValue" in value;
}

/** Plain arrays of numbers are computed (batch norm) and equal to float rounding; float32 arrays bit for bit. */
function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b) && a.every((x) => typeof x === "number")) {
    return (
      a.length === b.length &&
      a.every((x, i) => Math.abs(x - b[i]) <= 4e-6 * Math.max(Math.abs(x), Math.abs(b[i]), 0.1))
    );
  }
  return isDeepStrictEqual(a, b);
}

function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return JSON.stringify(value) ?? "nothing";
}

/** Without class instances and typed arrays, so that it compares and prints well. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, plain(inner)]],
    ),
  );
}

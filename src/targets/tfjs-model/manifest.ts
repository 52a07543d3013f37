import type { OutputFile } from "../../formats/bytes.ts";
import type { WeightRef } from "../../ir/tensor.ts";
import type { Json } from "../../json.ts";
import {
  type EncodedWeight,
  encodeWeight,
  type Quantization,
  type StoredQuantization,
} from "./encode-weight.ts";

/** A weight under the name that tfjs looks for. */
export interface NamedWeight {
  readonly name: string;
  readonly ref: WeightRef;
}

/** A weight as `weightSpecs` of tfjs has it. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: "float32" | "int32";
  quantization?: StoredQuantization;
}

/** The weights of a model as tfjs stores them: one row of bytes, cut into files. */
export interface WeightManifest {
  /** `weights` of a group of the manifest: name, shape and type of each. */
  readonly specs: readonly WeightSpec[];
  readonly byteLength: number;
  /** Files of at most 4 MiB. */
  readonly shards: readonly OutputFile[];
  /** All bytes in order. */
  chunks(): Iterable<Uint8Array>;
}

/** Bytes of a file of weights, as the Python converter cuts them: what browsers keep in their caches. */
const SHARD = 4 << 20;

/** Lays weights one after another. Numbers are read while the bytes are written. */
export function layWeights(
  weights: readonly NamedWeight[],
  quantization: Quantization | undefined,
): WeightManifest {
  let byteLength = 0;
  const encoded = weights.map(({ name, ref }) => {
    const weight = encodeWeight(ref, quantization);
    const start = byteLength;
    byteLength += weight.byteLength;
    return { name, ref, weight, start };
  });
  const between = (from: number, to: number): Iterable<Uint8Array> => cut(encoded, from, to);
  const count = Math.ceil(byteLength / SHARD);
  const shards = Array.from({ length: count }, (_, index): OutputFile => {
    const from = index * SHARD;
    const to = Math.min(byteLength, from + SHARD);
    return {
      path: `group1-shard${index + 1}of${count}.bin`,
      byteLength: to - from,
      chunks: () => between(from, to),
    };
  });
  const specs = encoded.map(
    ({ name, ref, weight }): WeightSpec => ({
      name,
      shape: [...ref.shape],
      dtype: weight.dtype,
      ...(weight.quantization === undefined ? {} : { quantization: weight.quantization }),
    }),
  );
  return { specs, byteLength, shards, chunks: () => between(0, byteLength) };
}

/** `weightsManifest` of a `model.json`. */
export function manifestJson({ specs, shards }: WeightManifest): Json {
  if (specs.length === 0) return [];
  return [{ paths: shards.map(({ path }) => path), weights: specs.map(specJson) }];
}

function specJson({ quantization, ...spec }: WeightSpec): Json {
  return quantization === undefined ? { ...spec } : { ...spec, quantization: { ...quantization } };
}

interface Placed {
  readonly weight: EncodedWeight;
  readonly start: number;
}

function* cut(placed: readonly Placed[], from: number, to: number): Iterable<Uint8Array> {
  for (const { weight, start } of placed) {
    const end = start + weight.byteLength;
    if (end <= from || start >= to) continue;
    yield* weight.bytes(Math.max(from, start) - start, Math.min(to, end) - start);
  }
}

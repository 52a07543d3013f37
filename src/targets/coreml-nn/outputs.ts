import type { FeatureDescription } from "../../formats/coreml/types.gen.ts";
import type { ValueId } from "../../ir/graph.ts";
import type { Dim } from "../../ir/tensor.ts";
import { type ArrayMapping, arrayShape, exactPlaces } from "./array-shape.ts";
import type { Emission, StateFeature } from "./emission.ts";
import { descriptionOf } from "./inputs.ts";
import { type Blob, type Layout, sameLayout } from "./layout.ts";
import type { Settings } from "./options.ts";
import { linear } from "./steps.ts";

/** One declared output of the model. */
export interface OutputFeature {
  readonly name: string;
  readonly value: ValueId;
  readonly layout: Layout;
  readonly shape: readonly Dim[];
}

/** Brings an output value into its declared layout, under its name. */
export function emitOutput(emission: Emission, feature: OutputFeature, binary: boolean): void {
  const { name, value, layout } = feature;
  const blob = emission.blobOf(value);
  const mover = emission.outputMoveName(value);
  if (binary) emitBinary(emission, feature, blob);
  else if (emission.arrays === "exact") {
    emitSqueeze(emission, name, emission.move(blob, layout, mover).name, layout);
  } else if (sameLayout(blob.layout, layout)) {
    if (blob.name === name || emission.rename(blob.name, name)) return;
    emission.add(`${name}__copy__`, linear(1), [blob.name], [name]);
  } else emission.move(blob, layout, mover, name);
}

/** The two scores `[1 - p, p]` of a single probability. */
function emitBinary(emission: Emission, { name, value, layout }: OutputFeature, blob: Blob): void {
  const moved = emission.move(blob, layout, emission.outputMoveName(value));
  const no = emission.blobName(`${name}_no`);
  emission.add(`${name}__no__`, linear(-1, 1), [moved.name], [no]);
  const exact = emission.arrays === "exact";
  const joined = exact ? emission.blobName(`${name}_both`) : name;
  emission.add(`${name}__both__`, { concat: {} }, [no, moved.name], [joined]);
  if (exact) emitSqueeze(emission, name, joined, layout);
}

function emitSqueeze(emission: Emission, name: string, blob: string, layout: Layout): void {
  const places = exactPlaces(layout);
  const axes = [0, 1, 2, 3, 4].filter((place) => !places.includes(place));
  const body = axes.length === 0 ? linear(1) : { squeeze: { axes } };
  emission.add(`${name}__squeeze__`, body, [blob], [name]);
}

/** The output as the model's description declares it; without a shape where sizes are free. */
export function describeOutput(
  feature: OutputFeature,
  mapping: ArrayMapping,
  settings: Settings,
): FeatureDescription {
  const shape = arrayShape(feature, mapping);
  const sizes = shape.filter((dim) => dim !== null);
  const known = sizes.length === shape.length ? { shape: sizes } : {};
  return {
    name: feature.name,
    ...descriptionOf(settings.outputDescriptions, feature.name),
    type: { multiArrayType: { ...known, dataType: dataTypeOf(settings) } },
  };
}

/** A state of a recurrent layer as an optional input, or as an output. */
export function describeState(
  { name, units }: StateFeature,
  optional: boolean,
  settings: Settings,
): FeatureDescription {
  const multiArrayType = { shape: [units], dataType: dataTypeOf(settings) } as const;
  return { name, type: { multiArrayType, ...(optional ? { isOptional: true } : {}) } };
}

function dataTypeOf(settings: Settings): "DOUBLE" | "FLOAT32" {
  return settings.arrayType === "double" ? "DOUBLE" : "FLOAT32";
}

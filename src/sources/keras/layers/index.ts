import type { LayerSpec } from "../layer-spec.ts";
import { activationSpecs } from "./activation.ts";
import { bidirectionalSpecs } from "./bidirectional.ts";
import { convSpecs } from "./conv.ts";
import { convTransposeSpecs } from "./conv-transpose.ts";
import { denseSpecs } from "./dense.ts";
import { depthwiseSpecs } from "./depthwise.ts";
import { elementwiseSpecs } from "./elementwise.ts";
import { embeddingSpecs } from "./embedding.ts";
import { mergeSpecs } from "./merge.ts";
import { noiseSpecs } from "./noise.ts";
import { normSpecs } from "./norm.ts";
import { padSpecs } from "./pad.ts";
import { poolSpecs } from "./pool.ts";
import { recurrentSpecs } from "./recurrent.ts";
import { upSamplingSpecs } from "./resize.ts";
import { shapeSpecs } from "./shape.ts";

const FAMILIES: readonly (readonly LayerSpec[])[] = [
  denseSpecs,
  activationSpecs,
  convSpecs,
  depthwiseSpecs,
  convTransposeSpecs,
  poolSpecs,
  normSpecs,
  mergeSpecs,
  elementwiseSpecs,
  shapeSpecs,
  padSpecs,
  upSamplingSpecs,
  embeddingSpecs,
  noiseSpecs,
  recurrentSpecs,
  bidirectionalSpecs,
];

/** Every layer there is a meaning for, by Keras class name. */
export const layerSpecs: ReadonlyMap<string, LayerSpec> = new Map(
  FAMILIES.flat().flatMap((spec) => spec.classNames.map((name) => [name, spec] as const)),
);

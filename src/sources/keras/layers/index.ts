import type { LayerSpec } from "../layer-spec.ts";
import { activationSpecs } from "./activation.ts";
import { applicationSpecs } from "./applications.ts";
import { attentionSpecs } from "./attention.ts";
import { attentionHeadsSpecs } from "./attention-heads.ts";
import { bidirectionalSpecs } from "./bidirectional.ts";
import { convSpecs } from "./conv.ts";
import { convLstmSpecs } from "./conv-lstm.ts";
import { convTransposeSpecs } from "./conv-transpose.ts";
import { denseSpecs } from "./dense.ts";
import { depthwiseSpecs } from "./depthwise.ts";
import { einsumSpecs } from "./einsum.ts";
import { elementwiseSpecs } from "./elementwise.ts";
import { embeddingSpecs } from "./embedding.ts";
import { imageSpecs } from "./image.ts";
import { localSpecs } from "./local.ts";
import { mergeSpecs } from "./merge.ts";
import { noiseSpecs } from "./noise.ts";
import { normSpecs } from "./norm.ts";
import { operationSpecs } from "./operations.ts";
import { padSpecs } from "./pad.ts";
import { poolSpecs } from "./pool.ts";
import { preprocessingSpecs } from "./preprocessing.ts";
import { recurrentSpecs } from "./recurrent.ts";
import { refusedSpecs } from "./refused.ts";
import { upSamplingSpecs } from "./resize.ts";
import { shapeSpecs } from "./shape.ts";
import { wrapperSpecs } from "./wrappers.ts";

const FAMILIES: readonly (readonly LayerSpec[])[] = [
  denseSpecs,
  einsumSpecs,
  activationSpecs,
  convSpecs,
  depthwiseSpecs,
  convTransposeSpecs,
  localSpecs,
  poolSpecs,
  normSpecs,
  mergeSpecs,
  elementwiseSpecs,
  shapeSpecs,
  padSpecs,
  upSamplingSpecs,
  embeddingSpecs,
  noiseSpecs,
  preprocessingSpecs,
  imageSpecs,
  recurrentSpecs,
  bidirectionalSpecs,
  convLstmSpecs,
  attentionSpecs,
  attentionHeadsSpecs,
  applicationSpecs,
  operationSpecs,
  refusedSpecs,
];

/** Every layer there is a meaning for, by Keras class name; `custom` specs come before those of the same name. */
export function createLayerSpecs(
  custom: readonly LayerSpec[] = [],
): ReadonlyMap<string, LayerSpec> {
  const specs = new Map<string, LayerSpec>();
  const wrappers = wrapperSpecs((className) => specs.get(className));
  for (const spec of [...FAMILIES.flat(), ...wrappers, ...custom]) {
    for (const className of spec.classNames) specs.set(className, spec);
  }
  return specs;
}

/** The built-in layers, by Keras class name. */
export const layerSpecs: ReadonlyMap<string, LayerSpec> = createLayerSpecs();

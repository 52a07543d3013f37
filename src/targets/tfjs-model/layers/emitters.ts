import type { Emitters } from "../../target.ts";
import { activationEmitters } from "./activation.ts";
import { convEmitters } from "./conv.ts";
import { denseEmitters } from "./dense.ts";
import type { LayersEmission } from "./emission.ts";
import { maskEmitters } from "./mask.ts";
import { mergeEmitters } from "./merge.ts";
import { noiseEmitters } from "./noise.ts";
import { normEmitters } from "./norm.ts";
import { padEmitters } from "./pad.ts";
import { poolEmitters } from "./pool.ts";
import { recurrentEmitters } from "./recurrent.ts";
import { resizeEmitters } from "./resize.ts";
import { shapeEmitters } from "./shape.ts";

/** How each op is said in layers of tfjs, or why it cannot be. */
export const emitters: Emitters<LayersEmission> = {
  ...activationEmitters,
  ...convEmitters,
  ...denseEmitters,
  ...maskEmitters,
  ...mergeEmitters,
  ...noiseEmitters,
  ...normEmitters,
  ...padEmitters,
  ...poolEmitters,
  ...recurrentEmitters,
  ...resizeEmitters,
  ...shapeEmitters,
  custom: { unsupported: "what it computes is not known here." },
};

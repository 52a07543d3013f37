import { BATCH } from "./layout.ts";
import type { LayerBody } from "./spec-version.ts";

/** `permute` where the batch stays on its axis, else `transpose`, which knows all five. */
export function moveBody(moves: readonly number[]): LayerBody {
  if (moves[BATCH] !== BATCH) return { transpose: { axes: moves } };
  const four = moves.filter((_, place) => place !== BATCH);
  return { permute: { axis: four.map((from) => (from === 0 ? 0 : from - 1)) } };
}

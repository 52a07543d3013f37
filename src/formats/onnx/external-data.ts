import { fail } from "../../errors.ts";
import { type ByteSource, sliceSource } from "../bytes.ts";
import { leadsAway } from "../tfjs/weight-files.ts";
import { externalPlace } from "./tensor-values.ts";
import type { TensorProto } from "./types.gen.ts";

/**
 * The numbers of a tensor that lie in a file beside the model; undefined for those of others. `room` keeps how many bytes of each file are
 * still read: who names one piece a thousand times is not followed. Throws `bad-weights` for a file that is not there or lies elsewhere, `limit`.
 */
export function externalData(
  tensor: TensorProto,
  source: ByteSource,
  room: Map<string, number>,
): ByteSource | undefined {
  const place = externalPlace(tensor);
  if (place === undefined) return undefined;
  const { path, offset } = place;
  const at = { file: source.name };
  const file = leadsAway(path) ? undefined : source.beside?.open(path);
  const name = tensor.name ?? "";
  if (file === undefined) {
    const shown = JSON.stringify(path.slice(0, 200));
    return fail("bad-weights", `The numbers of "${name}" lie in ${shown}, which is not there.`, {
      at,
      hint: "The file belongs beside the model.",
    });
  }
  const data = sliceSource(file, offset, place.length ?? file.size - offset);
  const left = (room.get(path) ?? 2 * file.size) - data.size;
  room.set(path, left);
  if (left >= 0) return data;
  return fail("limit", `The numbers of "${name}" are those of other arrays.`, { at });
}

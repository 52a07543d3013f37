import { fail } from "../../errors.ts";
import type { ByteSource } from "../bytes.ts";

/**
 * The files of one group of weights, one after another, as one row of bytes. Throws `corrupt-file` for a name that
 * leads out of the folder and `bad-weights` for a file that is not there.
 */
export function joinWeightFiles(paths: readonly string[], model: ByteSource): ByteSource {
  const parts: { readonly source: ByteSource; readonly start: number }[] = [];
  let size = 0;
  for (const path of paths) {
    const source = openWeightFile(path, model);
    parts.push({ source, start: size });
    size += source.size;
  }
  return {
    name: model.name,
    size,
    readInto(offset, target) {
      let done = 0;
      for (let at = partAt(parts, offset); done < target.length; at++) {
        const part = parts[at];
        if (part === undefined) return;
        const from = offset + done - part.start;
        const count = Math.min(target.length - done, part.source.size - from);
        if (count > 0) part.source.readInto(from, target.subarray(done, done + count));
        done += Math.max(count, 0);
      }
    },
  };
}

/** Whether a path of a manifest is an address, absolute, or climbs out of the folder. */
export function leadsAway(path: string): boolean {
  return (
    path === "" ||
    path.length > 1000 ||
    /[\\:\p{Cc}]/u.test(path) ||
    path.startsWith("/") ||
    path.split("/").includes("..")
  );
}

/** The last part that begins at or before a byte. */
function partAt(parts: readonly { readonly start: number }[], offset: number): number {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((parts[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function openWeightFile(path: string, model: ByteSource): ByteSource {
  const at = { file: model.name };
  if (leadsAway(path)) {
    fail("corrupt-file", `The file of weights is called ${JSON.stringify(path.slice(0, 200))}.`, {
      at,
      hint: "Weights are only read from files beside model.json.",
    });
  }
  if (model.beside === undefined) {
    fail("bad-weights", `The weights lie in files of their own (such as "${path}").`, {
      at,
      hint: "Give the name of model.json, or of its folder.",
    });
  }
  const source = model.beside.open(path);
  if (source !== undefined) return source;
  return fail("bad-weights", `The file of weights "${path}" is not there.`, {
    at,
    hint: "All files of a TensorFlow.js model belong in one folder.",
  });
}

import { KcError } from "../../../src/errors.ts";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { type Hdf5Group, type Hdf5Object, openHdf5 } from "../../../src/formats/hdf5/index.ts";

/** What reading a whole file came to: all its content as text, or the error that stopped it. */
export type Outcome =
  | { readonly kind: "read"; readonly content: string }
  | { readonly kind: "refused"; readonly error: KcError };

/** Opens bytes and reads everything in them. Anything thrown but a `KcError` comes through. */
export function readThrough(bytes: Uint8Array): Outcome {
  try {
    return { kind: "read", content: contentOf(openHdf5(bytesSource(bytes, "model.h5")).root) };
  } catch (error) {
    if (error instanceof KcError) return { kind: "refused", error };
    throw error;
  }
}

function contentOf(root: Hdf5Group): string {
  const lines: string[] = [];
  const walk = (object: Hdf5Object): void => {
    for (const name of object.attributes.keys()) {
      lines.push(`${object.path} @${name} ${text(object.attributes.get(name))}`);
    }
    if (object.kind === "dataset") lines.push(`${object.path} ${valuesOf(object)}`);
    if (object.kind !== "group") return;
    for (const key of object.keys()) {
      lines.push(`${object.path} ${key}`);
      const member = object.get(key);
      if (member !== undefined) walk(member);
    }
  };
  walk(root);
  return lines.join("\n");
}

function valuesOf(dataset: Extract<Hdf5Object, { kind: "dataset" }>): string {
  if (/^(float|int|uint|bool)/.test(dataset.dtype)) {
    const size = dataset.shape.reduce((product, dim) => product * dim, 1);
    const target = new Float64Array(Math.min(size, 200_000));
    dataset.readInto(target, 0);
    return `${dataset.shape} ${dataset.dtype} ${target}`;
  }
  return text(dataset.readValues());
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return [...part];
    return typeof part === "bigint" ? String(part) : part;
  });
}

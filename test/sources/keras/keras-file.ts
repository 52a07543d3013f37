import { readFileSync } from "node:fs";
import { join } from "node:path";
import h5wasm, { type File, Group } from "h5wasm/node";
import { type ByteSource, bytesSource } from "../../../src/formats/bytes.ts";
import { temporaryFolder } from "../../temporary.ts";

/** One array of a hand-made file. Left out `values`: 0.5, 1, 1.5, … */
export interface GivenArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values?: readonly number[];
}

/** A hand-made Keras HDF5 file in the layout of Keras 1 to 3. */
export interface GivenFile {
  /** Attributes of the root. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** `model_config`; left out: the groups stand at the root, as `save_weights` puts them. */
  readonly model?: unknown;
  readonly training?: unknown;
  /** Attributes of the weights group: `keras_version`, `backend`. */
  readonly weights?: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, readonly GivenArray[]>>;
}

type Writable = Pick<File, "create_group" | "create_dataset" | "create_attribute" | "get">;

/** Writes the file with the HDF5 library. */
export async function kerasFile(given: GivenFile): Promise<ByteSource> {
  return writeFile((root) => {
    for (const [name, text] of Object.entries(given.attributes ?? {})) {
      root.create_attribute(name, text);
    }
    if (given.training !== undefined) {
      root.create_attribute("training_config", JSON.stringify(given.training));
    }
    if (given.model !== undefined) {
      root.create_attribute("model_config", JSON.stringify(given.model));
    }
    const top = given.model === undefined ? root : root.create_group("model_weights");
    for (const [name, text] of Object.entries(given.weights ?? {}))
      top.create_attribute(name, text);
    const names = Object.keys(given.groups);
    if (names.length > 0) top.create_attribute("layer_names", names);
    for (const [name, arrays] of Object.entries(given.groups)) {
      const group = top.create_group(name);
      if (arrays.length > 0) {
        group.create_attribute(
          "weight_names",
          arrays.map((array) => array.name),
        );
      }
      for (const array of arrays) putArray(group, array.name, array);
    }
  });
}

/** A state file (`.weights.h5`): arrays by path. */
export async function stateFile(arrays: readonly GivenArray[]): Promise<ByteSource> {
  return writeFile((root) => {
    for (const array of arrays) putArray(root, array.name, array);
  });
}

/** Writes any HDF5 file. */
export async function writeFile(write: (root: Writable) => void): Promise<ByteSource> {
  await h5wasm.ready;
  const path = join(temporaryFolder(), "model.h5");
  const file = new h5wasm.File(path, "w");
  write(file);
  file.close();
  return bytesSource(readFileSync(path), "model.h5");
}

/** A dataset whose name may contain slashes; the groups on the way are made. */
function putArray(group: Writable, path: string, array: GivenArray): void {
  const [head = "", ...rest] = path.split("/");
  if (rest.length > 0) {
    const found = group.get(head);
    const inner = found instanceof Group ? found : group.create_group(head);
    putArray(inner, rest.join("/"), array);
    return;
  }
  const size = array.shape.reduce((product, dim) => product * dim, 1);
  const values = array.values ?? Array.from({ length: size }, (_, index) => (index + 1) / 2);
  group.create_dataset({ name: head, data: Float32Array.from(values), shape: [...array.shape] });
}

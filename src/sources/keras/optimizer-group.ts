import type { Hdf5Group } from "../../formats/hdf5/index.ts";

/** The group of that name, as a part of an archive; nothing when there is none. */
export function optimizerIn(root: Hdf5Group, name: string): { readonly optimizer?: Hdf5Group } {
  const group = root.get(name);
  return group?.kind === "group" ? { optimizer: group } : {};
}

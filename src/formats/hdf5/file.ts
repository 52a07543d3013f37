import type { ByteSource } from "../bytes.ts";
import { type Hdf5Group, openRoot } from "./group.ts";
import { createObjects } from "./objects.ts";
import { createReader } from "./reader.ts";
import { readSuperblock } from "./superblock.ts";

/** An open file. */
export interface Hdf5File {
  readonly root: Hdf5Group;
  readonly superblockVersion: 0 | 1 | 2 | 3;
  /** Bytes before the HDF5 part of the file. */
  readonly userBlock: number;
  /** Byte at which the HDF5 part ends, as it says itself; the file may go on. */
  readonly end: number;
}

/**
 * Opens an HDF5 file. Only the superblock and the root's header are read: opening and listing a file
 * of any size touches a few kilobytes of it.
 *
 * @throws KcError `bad-format` when it is not HDF5, `corrupt-file` when truncated or damaged, `limit`
 * for structures that no sound file has, `unsupported` for parts of the format that are refused.
 */
export function openHdf5(source: ByteSource): Hdf5File {
  const first = createReader(source);
  const superblock = readSuperblock(first);
  const { version, userBlock, offsetSize, lengthSize, end } = superblock;
  const reader = first.configure({ base: userBlock, offsetSize, lengthSize });
  const root = openRoot(createObjects(reader), superblock.root);
  return { root, superblockVersion: version, userBlock, end };
}

import { closeSync, fstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteFolder, ByteSource } from "../formats/bytes.ts";
import { openToRead, readFully } from "./descriptor.ts";
import { kindOf } from "./path-kind.ts";

/** How many files are open at a time; a large model has hundreds, and systems allow as few as 256. */
const MOST_OPEN = 32;

/** The files in the folder of a file, opened when they are read; of many, those read last stay open. */
export function filesBeside(path: string): ByteFolder & { close(): void } {
  const folder = dirname(path);
  const descriptors = new Map<string, number>();
  const sources = new Map<string, ByteSource>();
  const descriptorOf = (name: string): number => {
    const known = descriptors.get(name);
    const file = known ?? openToRead(join(folder, name));
    descriptors.delete(name);
    descriptors.set(name, file);
    const [oldest] = descriptors;
    if (oldest !== undefined && descriptors.size > MOST_OPEN) {
      descriptors.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return file;
  };
  return {
    name: folder,
    has: (name) => kindOf(join(folder, name)) !== undefined,
    open(name) {
      const known = sources.get(name);
      if (known !== undefined) return known;
      if (kindOf(join(folder, name)) !== "file") return undefined;
      const source: ByteSource = {
        name,
        size: fstatSync(descriptorOf(name)).size,
        readInto: (offset, target) => readFully(descriptorOf(name), name, offset, target),
      };
      sources.set(name, source);
      return source;
    },
    close() {
      for (const file of descriptors.values()) closeSync(file);
      descriptors.clear();
    },
  };
}

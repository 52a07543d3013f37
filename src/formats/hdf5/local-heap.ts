import type { Hdf5Reader } from "./reader.ts";
import { decodeText } from "./text.ts";

/**
 * Opens a local heap, which holds the names of an old-style group or of external files: gives the text at an offset.
 *
 * @see HDF5 File Format Specification 3.0, section III.D
 */
export function openLocalHeap(reader: Hdf5Reader, address: number): (offset: number) => string {
  const what = "a local heap";
  const head = reader.cursor(address, 8 + 2 * reader.lengthSize + reader.offsetSize, what);
  head.signature("HEAP");
  head.version(0);
  head.skip(3);
  const size = head.length();
  head.length();
  const data = reader.cursor(head.definedAddress(), size, what);
  return (offset) => {
    if (offset >= size) data.corrupt(`should hold a name at ${offset}, but is ${size} bytes long`);
    const end = data.bytes.indexOf(0, offset);
    if (end < 0) data.corrupt("holds a name without an end");
    return decodeText(data.bytes.subarray(offset, end));
  };
}

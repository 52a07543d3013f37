import { fail } from "../../errors.ts";
import type { Cursor } from "./cursor.ts";
import { findMessage, type HeaderMessage, MESSAGE, readObjectHeader } from "./object-header.ts";
import type { Hdf5Reader } from "./reader.ts";

/** The body of a message, looked up elsewhere when the header only refers to it. */
export function messageBody(reader: Hdf5Reader, message: HeaderMessage): Cursor {
  const body = message.body();
  return (message.flags & 2) === 0 ? body : resolveShared(reader, body, message.type);
}

/**
 * Follows a reference to a message of another object header: a committed datatype.
 *
 * @throws KcError `unsupported` for the file-wide table of shared messages.
 * @see HDF5 File Format Specification 3.0, section IV.A.2 "Shared Message"
 */
export function resolveShared(
  reader: Hdf5Reader,
  reference: Cursor,
  type: number = MESSAGE.datatype,
): Cursor {
  const version = reference.version(1, 2, 3);
  const kind = reference.u8();
  if (version === 3 && kind === 1) {
    fail("unsupported", "The file uses a table of shared messages, which is not read here.", {
      at: { file: reader.source.name },
      hint: "Repack it with h5repack, without shared messages.",
    });
  }
  if (version === 1) reference.skip(6);
  const header = readObjectHeader(reader, reference.definedAddress());
  const found = findMessage(header, type);
  // A committed type cannot itself refer to another one.
  if (found === undefined || (found.flags & 2) !== 0) {
    return reference.corrupt("refers to an object that has no such message");
  }
  return found.body();
}

import { fail } from "../../errors.ts";
import { readDense } from "./dense.ts";
import { type Hdf5Link, readLink } from "./link.ts";
import { findMessage, type HeaderMessage, MESSAGE } from "./object-header.ts";
import type { Hdf5Reader } from "./reader.ts";
import { readSymbolTable } from "./symbol-table.ts";

/** True for the headers of groups, of old and new style. */
export function isGroup(messages: readonly HeaderMessage[]): boolean {
  return messages.some(
    ({ type }) =>
      type === MESSAGE.symbolTable || type === MESSAGE.linkInfo || type === MESSAGE.link,
  );
}

/**
 * All links of a group, by name, in the order of their names.
 *
 * @throws KcError `corrupt-file` also when a name comes twice.
 */
export function readLinks(
  reader: Hdf5Reader,
  messages: readonly HeaderMessage[],
): ReadonlyMap<string, Hdf5Link> {
  const table = findMessage(messages, MESSAGE.symbolTable);
  const found = [
    ...(table === undefined ? [] : readSymbolTable(reader, table.body())),
    ...messages.filter(({ type }) => type === MESSAGE.link).map((link) => readLink(link.body())),
    ...readDense(reader, findMessage(messages, MESSAGE.linkInfo), "links").map(readLink),
  ];
  const links = new Map<string, Hdf5Link>();
  for (const [name, link] of found.sort(byName)) {
    checkName(reader, name, links);
    links.set(name, link);
  }
  return links;
}

/** A name that no path can say would lead nowhere, or back to the group itself. */
function checkName(reader: Hdf5Reader, name: string, links: ReadonlyMap<string, Hdf5Link>): void {
  const sound = name !== "" && name !== "." && !name.includes("/");
  if (sound && !links.has(name)) return;
  const text = sound
    ? `The group names "${name}" twice.`
    : `The group has a member with the impossible name "${name}".`;
  fail("corrupt-file", text, {
    at: { file: reader.source.name },
    hint: "The file is damaged; fetch it again.",
  });
}

/** HDF5 orders names by their UTF-8 bytes, which is the order of code points. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

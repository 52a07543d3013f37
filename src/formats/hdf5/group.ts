import { fail } from "../../errors.ts";
import { createAttributes, type Hdf5Attributes } from "./attributes.ts";
import { createDataset, type Hdf5Dataset } from "./dataset.ts";
import type { Hdf5Type } from "./datatype.ts";
import { readDatatype } from "./datatype-message.ts";
import type { Hdf5Link } from "./link.ts";
import { isGroup, readLinks } from "./links.ts";
import { findMessage, type HeaderMessage, MESSAGE, readObjectHeader } from "./object-header.ts";
import type { Hdf5Objects } from "./objects.ts";
import { messageBody } from "./shared-message.ts";

/** A folder of the file. Members are read when asked for. */
export interface Hdf5Group {
  readonly kind: "group";
  /** From the root: `/model_weights/conv1`. */
  readonly path: string;
  readonly attributes: Hdf5Attributes;
  /** Names of the members, in the order of their bytes, which is not the order of layers. */
  keys(): readonly string[];
  /**
   * The object at a path from here, or from the root when it starts with a slash; undefined when
   * there is none. Soft links within the file are followed.
   *
   * @throws KcError `unsupported` for external and user-defined links, `limit` for rings of links.
   */
  get(path: string): Hdf5Object | undefined;
  /** How a member is linked, without following it. */
  link(name: string): Hdf5Link | undefined;
}

/** A datatype stored under a name ("committed"), for other objects to refer to. */
export interface Hdf5NamedType {
  readonly kind: "datatype";
  readonly path: string;
  readonly type: Hdf5Type;
  readonly attributes: Hdf5Attributes;
}

/** What a link may lead to. */
export type Hdf5Object = Hdf5Group | Hdf5Dataset | Hdf5NamedType;

/** The root group, whose object header lies at `address`. */
export function openRoot(objects: Hdf5Objects, address: number): Hdf5Group {
  const messages = objects.at("/", () => readObjectHeader(objects.reader, address));
  return createGroup(objects, "/", messages);
}

function createGroup(
  objects: Hdf5Objects,
  path: string,
  messages: readonly HeaderMessage[],
  top?: Hdf5Group,
): Hdf5Group {
  let links: ReadonlyMap<string, Hdf5Link> | undefined;
  const readAll = () => {
    links ??= objects.at(path, () => readLinks(objects.reader, messages));
    return links;
  };
  const members = new Map<string, Hdf5Object>();
  const open = (name: string, address: number) => {
    const known = members.get(name);
    if (known !== undefined) return known;
    const opened = openObject(objects, joinPath(path, name), address, top ?? group);
    members.set(name, opened);
    return opened;
  };
  const follow = (name: string, link: Hdf5Link): Hdf5Object | undefined => {
    if (link.kind === "hard") return open(name, link.address);
    if (link.kind !== "soft") return refuseLink(objects, joinPath(path, name), link);
    return objects.hop(joinPath(path, name), () => group.get(link.target));
  };
  const group: Hdf5Group = {
    kind: "group",
    path,
    attributes: createAttributes(objects, path, messages),
    keys: () => [...readAll().keys()],
    link: (name) => readAll().get(name),
    get(target) {
      if (top !== undefined && target.startsWith("/")) return top.get(target);
      const [name, ...rest] = target.split("/").filter((part) => part !== "" && part !== ".");
      if (name === undefined) return group;
      const link = readAll().get(name);
      const found = link && follow(name, link);
      if (found === undefined || rest.length === 0) return found;
      return found.kind === "group" ? found.get(rest.join("/")) : undefined;
    },
  };
  return group;
}

const MAX_DEPTH = 64;

function openObject(
  objects: Hdf5Objects,
  path: string,
  address: number,
  top: Hdf5Group,
): Hdf5Object {
  const { reader } = objects;
  if (path.split("/").length > MAX_DEPTH) {
    fail("limit", `Groups are nested more than ${MAX_DEPTH} deep.`, {
      at: { file: reader.source.name, path },
      hint: "The file is damaged or was made to cause harm.",
    });
  }
  reader.spend(1, path);
  const messages = objects.at(path, () => readObjectHeader(reader, address));
  if (isGroup(messages)) return createGroup(objects, path, messages, top);
  const type = findMessage(messages, MESSAGE.datatype);
  if (type === undefined || findMessage(messages, MESSAGE.dataspace) !== undefined) {
    return createDataset(objects, path, messages);
  }
  return {
    kind: "datatype",
    path,
    type: objects.at(path, () => readDatatype(messageBody(reader, type))),
    attributes: createAttributes(objects, path, messages),
  };
}

function refuseLink(
  { reader }: Hdf5Objects,
  path: string,
  link: Exclude<Hdf5Link, { kind: "hard" | "soft" }>,
): never {
  const at = { file: reader.source.name, path };
  if (link.kind === "user-defined") {
    fail(
      "unsupported",
      `This is a user-defined link (type ${link.type}), which cannot be followed.`,
      {
        at,
      },
    );
  }
  fail("unsupported", `This is an external link to "${link.target}" in "${link.file}".`, {
    at,
    hint: "Links to other files are not followed; copy everything into one file.",
  });
}

function joinPath(parent: string, name: string): string {
  return parent === "/" ? `/${name}` : `${parent}/${name}`;
}

import { fail } from "../../errors.ts";
import type { DatasetContent, GroupDraft } from "./content.ts";

/** An empty group, to be filled. */
export function createGroup(): GroupDraft {
  return { kind: "group", attributes: new Map(), members: new Map() };
}

/** The group at a path below another, made where there is none. Throws `bad-config` where an array stands in the way. */
export function groupAt(root: GroupDraft, path: string): GroupDraft {
  let group = root;
  for (const name of partsOf(path)) {
    const member = group.members.get(name) ?? createGroup();
    if (member.kind !== "group") return occupied(path);
    group.members.set(name, member);
    group = member;
  }
  return group;
}

/** Puts an array at a path below a group. Throws `bad-config` where something stands already. */
export function addDataset(root: GroupDraft, path: string, dataset: DatasetContent): void {
  const parts = partsOf(path);
  const name = parts.at(-1);
  const group = groupAt(root, parts.slice(0, -1).join("/"));
  if (name === undefined || group.members.has(name)) occupied(path);
  else group.members.set(name, dataset);
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function occupied(path: string): never {
  return fail("bad-config", `Two things in the file would be called "${path}".`, {
    hint: "Give the layers of the model other names.",
  });
}

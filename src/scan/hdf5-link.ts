import { KcError } from "../errors.ts";
import type { Hdf5Group, Hdf5Link } from "../formats/hdf5/index.ts";
import type { Findings } from "./finding.ts";

/** Judges a link that is no plain name of an object. It is followed only inside the file. */
export function scanLink(
  group: Hdf5Group,
  name: string,
  link: Exclude<Hdf5Link, { kind: "hard" }>,
  findings: Findings,
): void {
  const at = { path: `${group.path === "/" ? "" : group.path}/${name}` };
  switch (link.kind) {
    case "external":
      findings.add(
        "hdf5/external-link",
        at,
        `It leads to "${link.target}" in the file "${link.file}".`,
      );
      break;
    case "user-defined":
      findings.add("hdf5/user-defined-link", at, `It is a link of type ${link.type}.`);
      break;
    case "soft":
      if (leads(group, name)) findings.add("hdf5/soft-link", at, `It leads to "${link.target}".`);
      else
        findings.add(
          "hdf5/broken-link",
          at,
          `It leads to "${link.target}", where nothing can be found.`,
        );
  }
}

/** What is wrong with the object at the end is found where that object stands. */
function leads(group: Hdf5Group, name: string): boolean {
  try {
    return group.get(name) !== undefined;
  } catch (error) {
    if (error instanceof KcError) return error.code !== "limit";
    throw error;
  }
}

import { type ByteSource, readBytes } from "../formats/bytes.ts";
import { kindOfBytes } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";
import { scanJsonText } from "./json-text.ts";
import { holdsObjects } from "./numpy-header.ts";

/** Judges what a member of an archive is: by its bytes, and by its name. */
export function scanMember(
  name: string,
  member: ByteSource,
  findings: Findings,
  expected = EXPECTED,
): void {
  const at = { path: name };
  const head = readBytes(member, 0, Math.min(member.size, HEAD), "The member");
  const end = readBytes(
    member,
    Math.max(0, member.size - 1),
    Math.min(1, member.size),
    "The member",
  );
  const kind = kindOfBytes(Uint8Array.of(...head, ...end));
  if (kind === "npy" && holdsObjects(head)) {
    findings.add("code/pickled-array", at, "The array holds Python objects.");
  }
  if (kind === "pickle" || PICKLE.test(name)) {
    findings.add("code/pickle", at, "The member is a Python pickle.");
  } else if (kind === "program" || PROGRAM.test(name)) {
    findings.add("code/executable", at, "The member is a program.");
  } else if (SAVED_MODEL.test(name)) {
    findings.add("code/saved-model", at, "The member is a TensorFlow SavedModel.");
  } else if (kind === "archive" && !name.endsWith(".npz")) {
    findings.add("zip/nested-archive", at, "The member is an archive itself.");
  } else if (!expected.test(name) && kind !== "npy" && kind !== "hdf5") {
    findings.add("zip/unexpected-member", at, "Models have no such member.");
  }
  if (name.endsWith(".json") && member.size <= MAX_JSON) {
    const text = new TextDecoder().decode(readBytes(member, 0, member.size, "The JSON"));
    scanJsonText(text, findings.within(name), name === "config.json" || name === "metadata.json");
  }
}

const HEAD = 4096;
const MAX_JSON = 256 * 2 ** 20;
const PICKLE = /\.(?:pkl|pickle|pt|pth|joblib|dill)$/i;
const PROGRAM =
  /\.(?:py[cdow]?|so|dll|dylib|exe|com|scr|msi|sh|bash|bat|cmd|ps1|vbs|js|mjs|jar|class|whl|app|elf|command|desktop|lnk)$/i;
const SAVED_MODEL = /(?:^|\/)(?:saved_model|keras_metadata)\.pb(?:txt)?$/;
const EXPECTED =
  /^(?:config|metadata)\.json$|^model\.weights\.(?:h5|npz|json)$|^model[_\d-]*\.weights\.(?:h5|json)$|^assets\/|\.npz$/;

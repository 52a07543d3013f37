import { type ByteFolder, readBytes } from "../formats/bytes.ts";
import { isInnerPath } from "../formats/coreml/manifest.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { Findings } from "./finding.ts";

/** Judges every item that the manifest of a package names, also those that no reader asks for. */
export function scanManifest(folder: ByteFolder, findings: Findings): void {
  const source = folder.open(MANIFEST);
  if (source === undefined || source.size > MOST_BYTES) return;
  const entries = itemsOf(
    new TextDecoder().decode(readBytes(source, 0, source.size, "The manifest")),
  );
  for (const [id, entry] of entries) {
    const path = isJsonObject(entry) ? entry.path : undefined;
    if (typeof path !== "string") continue;
    const at = { path: `${MANIFEST}.itemInfoEntries.${id}` };
    if (!isInnerPath(path)) {
      findings.add("coreml/unsafe-path", at, `The item lies at ${JSON.stringify(path)}.`);
    } else if (!folder.has(`Data/${path}`) && /\.[a-z]+$/.test(path)) {
      // A folder without files is lost on the way through zip or git.
      findings.add("coreml/missing-item", at, `The package lacks Data/${path}.`);
    }
  }
}

/** What cannot be parsed is reported by the reader. */
function itemsOf(text: string): readonly (readonly [string, Json])[] {
  try {
    const json: Json = JSON.parse(text);
    const entries = isJsonObject(json) ? json.itemInfoEntries : undefined;
    return isJsonObject(entries) ? Object.entries(entries) : [];
  } catch {
    return [];
  }
}

const MANIFEST = "Manifest.json";
const MOST_BYTES = 2 ** 20;

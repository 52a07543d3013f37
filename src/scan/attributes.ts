import type { Hdf5Attributes } from "../formats/hdf5/index.ts";
import { kindOfBase64, kindOfBytes } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";
import { hdf5Rule } from "./hdf5-rule.ts";
import { scanJsonText } from "./json-text.ts";

/** Looks at the attributes of an object: what they claim, and what their bytes and texts are. */
export function scanAttributes(
  { path, attributes }: { readonly path: string; readonly attributes: Hdf5Attributes },
  findings: Findings,
): void {
  const names = findings.attempt({ path }, hdf5Rule, () => attributes.keys()) ?? [];
  for (const name of names) {
    const at = { path: path === "/" ? name : `${path}@${name}` };
    const value = findings.attempt({ path }, hdf5Rule, () => attributes.get(name));
    if (value instanceof Uint8Array) {
      const kind = kindOfBytes(value);
      if (kind === "pickle") findings.add("code/pickle", at, "The attribute is a Python pickle.");
      if (kind === "program") findings.add("code/executable", at, "The attribute is a program.");
    }
    if (typeof value === "string") scanText(value, name, at.path, findings);
  }
}

function scanText(text: string, name: string, path: string, findings: Findings): void {
  const known = CONFIGS.has(name);
  if (known || /^\s*[{[]/.test(text)) {
    scanJsonText(text, findings.within(path), known);
    return;
  }
  const kind = kindOfBase64(text);
  if (kind === "pickle" || kind === "archive") {
    findings.add("code/pickle", { path }, "The attribute is a pickle in base64.");
  }
  if (kind === "code") findings.add("code/lambda", { path }, "The attribute is Python byte code.");
  if (kind === "program") findings.add("code/executable", { path }, "The attribute is a program.");
}

/** Attributes that Keras parses as JSON; others that look like it are looked at too. */
const CONFIGS: ReadonlySet<string> = new Set(["model_config", "training_config"]);

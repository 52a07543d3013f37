import type { Json } from "../json.ts";
import { parsePythonJson } from "../sources/keras/python-json.ts";
import { scanConfig } from "./config.ts";
import type { Findings } from "./finding.ts";

/** Looks through a text of JSON. One that must be JSON and is not is a finding itself. */
export function scanJsonText(text: string, findings: Findings, must: boolean): Json | undefined {
  const json = findings.attempt(
    {},
    () => (must ? "config/damaged" : undefined),
    () => parsePythonJson(text, {}),
  );
  if (json !== undefined) scanConfig(json, findings);
  return json;
}

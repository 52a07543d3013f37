import type { Model } from "../formats/coreml/types.gen.ts";
import { kindOfBase64 } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";

/** Judges what people read of a model: metadata and descriptions. Core ML itself does nothing with them. */
export function scanTexts({ description = {} }: Model, findings: Findings): void {
  const { userDefined, ...named } = description.metadata ?? {};
  const features = [...(description.input ?? []), ...(description.output ?? [])];
  const texts: readonly (readonly [string, string | undefined])[] = [
    ...Object.entries(named),
    ...(userDefined ?? []),
    ...features.map(({ name = "", shortDescription }) => [name, shortDescription] as const),
  ];
  for (const [name, text = ""] of texts) scanText(text, `description/${name}`, findings);
}

function scanText(text: string, path: string, findings: Findings): void {
  const kind = kindOfBase64(text);
  if (kind === "code") findings.add("code/lambda", { path }, "The text is Python byte code.");
  if (kind === "pickle" || kind === "archive") {
    findings.add("code/pickle", { path }, "The text is a pickle in base64.");
  }
  if (kind === "program") findings.add("code/executable", { path }, "The text is a program.");
  const [address] = ADDRESS.exec(text) ?? [];
  if (address !== undefined) findings.add("coreml/address", { path }, `It holds ${address}.`);
}

const ADDRESS = /<script\b|\b(?:javascript:|data:text|(?:https?|ftp|file):\/\/)\S{0,100}/i;

import { type ByteFolder, type ByteSource, isFolder } from "../formats/bytes.ts";
import { toBytes } from "../formats/coreml/carriers.ts";
import { readModel } from "../formats/coreml/decode.ts";
import { membersOf, networkOf } from "../formats/coreml/network.ts";
import { type BlobLookup, locateCoreML } from "../formats/coreml/open.ts";
import type { CustomModelCustomModelParamValue, Model } from "../formats/coreml/types.gen.ts";
import type { Graph } from "../ir/graph.ts";
import { readCoreML } from "../sources/coreml/index.ts";
import { kindOfBytes } from "./bytes-kind.ts";
import { scanLabels } from "./coreml-labels.ts";
import { scanManifest } from "./coreml-manifest.ts";
import { scanNetwork } from "./coreml-network.ts";
import { scanProgram } from "./coreml-program.ts";
import { coreMLRule } from "./coreml-rule.ts";
import { scanTexts } from "./coreml-texts.ts";
import type { Findings } from "./finding.ts";

/** Looks into a Core ML model: a `.mlmodel`, a package, or either of them zipped, whose members were judged before. */
export function scanCoreML(input: ByteSource | ByteFolder, findings: Findings): void {
  if (isFolder(input)) scanManifest(input, findings);
  const place = findings.attempt({}, coreMLRule(findings), () => locateCoreML(input));
  if (place === undefined) return;
  const { source, path, blobs } = place;
  const inside = path === "" ? findings : findings.within(`${path}/`);
  const unknown = new Set<string>();
  const onUnknown = (what: string) => unknown.add(what.replace(/\[\d+\]/g, ""));
  const model = inside.attempt({}, coreMLRule(findings), () => readModel(source, { onUnknown }));
  for (const what of unknown) {
    inside.add("coreml/unknown-field", { path: what }, "The format does not have it.");
  }
  if (model !== undefined) scanModel(model, blobs, inside);
}

/** The newest specification that the schema knows. */
const NEWEST = 10;

function scanModel(model: Model, blobs: BlobLookup, findings: Findings): void {
  const { specificationVersion = 0, mlProgram } = model;
  if (specificationVersion > NEWEST) {
    const text = `It has specification version ${specificationVersion}, known are those up to ${NEWEST}.`;
    findings.add("coreml/later-format", {}, text);
  }
  scanForeign(model, findings);
  scanTexts(model, findings);
  const network = networkOf(model);
  if (network !== undefined) scanNetwork(network, findings);
  if (mlProgram !== undefined) scanProgram(model, blobs, findings);
  scanLabels(model, network === undefined ? undefined : graphOf(model, findings), findings);
  for (const [index, member] of membersOf(model).entries()) {
    scanModel(member, blobs, findings.within(`${index + 1}/`));
  }
}

/** What lies outside the file: code of the app, other models. */
function scanForeign({ customModel, linkedModel }: Model, findings: Findings): void {
  if (customModel !== undefined) {
    const { className = "", parameters } = customModel;
    const at = { path: "customModel" };
    findings.add("code/custom-model", at, `Core ML would look up the class ${className}.`);
    for (const [name, value] of parameters ?? []) scanParameter(name, value, findings);
  }
  if (linkedModel !== undefined) {
    const { linkedModelFileName, linkedModelSearchPath } = linkedModel.linkedModelFile ?? {};
    const name = linkedModelFileName?.defaultValue ?? "";
    const folder = linkedModelSearchPath?.defaultValue ?? "";
    const text = `Core ML would look for ${JSON.stringify(name)} in ${JSON.stringify(folder)}.`;
    findings.add("code/linked-model", { path: "linkedModel" }, text);
  }
}

function scanParameter(
  name: string,
  { bytesValue }: CustomModelCustomModelParamValue,
  findings: Findings,
): void {
  const kind = bytesValue === undefined ? undefined : kindOfBytes(toBytes(bytesValue));
  const at = { path: `customModel/${name}` };
  if (kind === "pickle") findings.add("code/pickle", at, "The parameter is a Python pickle.");
  if (kind === "program") findings.add("code/executable", at, "The parameter is a program.");
}

/** Whether the layers of a network fit together; layers that a graph cannot say are no fault of it. */
function graphOf(model: Model, findings: Findings): Graph | undefined {
  const known = findings.all.some(({ rule }) => rule === "weights/mismatch");
  const read = findings.attempt(
    {},
    ({ code }) => {
      if (code === "bad-weights") return known ? undefined : "weights/mismatch";
      return code === "unsupported" ? undefined : "coreml/not-sound";
    },
    () => readCoreML(model),
  );
  return read?.graph;
}

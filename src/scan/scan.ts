import { type ByteFolder, type ByteSource, isFolder, readBytes } from "../formats/bytes.ts";
import {
  describeZip,
  identify,
  isCoreMLModel,
  type OtherFile,
  type OtherKind,
} from "../formats/detect.ts";
import { tfjsForm } from "../formats/tfjs/model-json.ts";
import { listZipEntries } from "../formats/zip-entries.ts";
import { isJsonObject } from "../json.ts";
import { scanCoreML } from "./coreml.ts";
import { createFindings, type Finding, type Findings } from "./finding.ts";
import { type ScannedHdf5, scanHdf5 } from "./hdf5.ts";
import { scanJsonText } from "./json-text.ts";
import { NOTHING_KNOWN, scanModel } from "./model.ts";
import { scanNumbers } from "./numbers.ts";
import { holdsObjects } from "./numpy-header.ts";
import { scanOnnx } from "./onnx.ts";
import { RULES, type RuleId } from "./rules.ts";
import { scanTfjs } from "./tfjs.ts";
import { scanZip } from "./zip.ts";

/**
 * Everything that is dangerous or rotten in a file, the worst first. Nothing in it is executed, unpacked to disk or
 * fetched, and no member of the file can make this throw a `KcError`.
 */
export function scanFile(input: ByteSource | ByteFolder): readonly Finding[] {
  const findings = createFindings();
  if (isFolder(input)) scanFolder(input, findings);
  else scanOneFile(input, findings);
  return findings.all.toSorted((a, b) => rank(a) - rank(b));
}

/** A package of Core ML, or what looks like one. */
function scanFolder(folder: ByteFolder, findings: Findings): void {
  if (folder.has("saved_model.pb")) {
    findings.add("code/saved-model", {}, "The folder is a TensorFlow SavedModel.");
  } else scanCoreML(folder, findings);
}

function scanOneFile(source: ByteSource, findings: Findings): void {
  const kind = identify(source);
  switch (kind) {
    case "hdf5":
      scanHdf5File(source, findings);
      break;
    case "zip":
      scanArchive(source, findings);
      break;
    case "json":
      scanJsonFile(source, findings);
      break;
    default:
      if (isCoreMLModel(source)) scanCoreML(source, findings);
      else if (kind.kind === "onnx") scanOnnx(source, findings);
      else scanOther(source, kind, findings);
  }
}

const RANKS = { error: 0, warning: 1, note: 2 } as const;

function rank({ rule }: Finding): number {
  return RANKS[RULES[rule].severity];
}

function scanHdf5File(source: ByteSource, findings: Findings): void {
  const scanned = scanHdf5(source, findings);
  if (scanned === undefined) return;
  const { attributes } = scanned.root;
  const whole =
    findings.attempt(
      {},
      () => undefined,
      () => attributes.has("model_config"),
    ) ?? false;
  const known = whole ? scanModel(source, findings) : NOTHING_KNOWN;
  if (!whole && !isWeights(scanned)) {
    findings.add("file/not-a-model", {}, "This is an HDF5 file, but not one that Keras writes.");
  }
  scanNumbers(scanned.arrays, known, source.size, findings);
}

/** Weights alone, in one of Keras' three layouts. */
function isWeights({ root }: ScannedHdf5): boolean {
  try {
    const marks = ["layer_names", "layer_names0", "nb_layers", "weight_names"];
    if (marks.some((name) => root.attributes.has(name))) return true;
    const groups = ["layers", "_layer_checkpoint_dependencies", "vars", "model_weights"];
    return groups.some((name) => root.keys().includes(name));
  } catch {
    // A group that cannot be read was reported.
    return true;
  }
}

function scanArchive(source: ByteSource, findings: Findings): void {
  if (isCoreMLArchive(source)) {
    scanZip(source, findings, CORE_ML_MEMBER);
    scanCoreML(source, findings);
    return;
  }
  const members = scanZip(source, findings);
  const model = members.some(({ name }) => name === "config.json");
  const known = model ? scanModel(source, findings) : NOTHING_KNOWN;
  for (const { name, source: member } of members) {
    const inner = findings.within(name);
    if (name.endsWith(".npz")) scanZip(member, inner.within("/"));
    if (!/\.(?:h5|hdf5)$/i.test(name)) continue;
    const scanned = scanHdf5(member, inner);
    if (scanned === undefined) continue;
    const weights = name === "model.weights.h5" ? known : NOTHING_KNOWN;
    scanNumbers(scanned.arrays, weights, member.size, inner);
  }
  if (!model) {
    const names = members.map(({ name }) => name);
    findings.add("file/not-a-model", {}, `${describeZip(names)}.`);
  }
}

/** A zipped package or model, as far as the directory can be read. */
function isCoreMLArchive(source: ByteSource): boolean {
  try {
    const names = listZipEntries(source).entries.map(({ name }) => name);
    return names.some((name) => CORE_ML.test(name)) && !names.includes("config.json");
  } catch {
    // A directory that is damaged is reported by the scan of it.
    return false;
  }
}

const CORE_ML = /(?:^|\/)Manifest\.json$|\.mlmodel$/;

/** Macs add a folder of resource forks. */
const CORE_ML_MEMBER = /(?:^|\/)Manifest\.json$|\.mlmodel$|(?:^|\/)Data\/|^__MACOSX\//;

function scanJsonFile(source: ByteSource, findings: Findings): void {
  if (source.size > MAX_JSON) {
    findings.add("file/not-a-model", {}, `This is a JSON file of ${source.size} bytes.`);
    return;
  }
  const text = new TextDecoder().decode(readBytes(source, 0, source.size, "The JSON"));
  const json = scanJsonText(text, findings.within("$"), true);
  if (isJsonObject(json) && tfjsForm(json) !== undefined) scanTfjs(json, source, findings);
}

const MAX_JSON = 256 * 2 ** 20;

function scanOther(source: ByteSource, other: OtherFile, findings: Findings): void {
  const rule = OTHER_RULES[other.kind];
  findings.add(rule, {}, other.text, rule === "file/not-a-model" ? other.hint : undefined);
  if (other.kind !== "npy") return;
  const head = readBytes(source, 0, Math.min(source.size, 4096), "The array");
  if (holdsObjects(head)) {
    findings.add("code/pickled-array", {}, "The array holds Python objects.");
  }
}

const OTHER_RULES: Readonly<Record<OtherKind, RuleId>> = {
  empty: "file/empty",
  "lfs-pointer": "file/lfs-pointer",
  "web-page": "file/web-page",
  truncated: "hdf5/damaged",
  pickle: "code/pickle",
  npy: "file/not-a-model",
  "saved-model": "code/saved-model",
  coreml: "file/not-a-model",
  onnx: "file/not-a-model",
  other: "file/not-a-model",
};

import { openBlobStorage, RECORD } from "../formats/coreml/blob-storage.ts";
import { isInnerPath } from "../formats/coreml/manifest.ts";
import type { BlobLookup } from "../formats/coreml/open.ts";
import { operationsOf, tensorsIn } from "../formats/coreml/operations.ts";
import { isProgramOperation } from "../formats/coreml/program-operations.ts";
import { createTensorReader } from "../formats/coreml/program-value.ts";
import type { MILSpecOperation, MILSpecValue, Model } from "../formats/coreml/types.gen.ts";
import { sizeOf } from "../ir/tensor.ts";
import { statisticsOf } from "../weights/statistics.ts";
import { coreMLRule } from "./coreml-rule.ts";
import type { Findings } from "./finding.ts";
import { judgeNumbers } from "./judge-numbers.ts";

/** Judges every operation of a program, and every array once, whether it lies in the program or in a weight file. */
export function scanProgram(model: Model, blobs: BlobLookup, findings: Findings): void {
  const operations = [...operationsOf(model)];
  const uses = usesOf(operations.map(({ message }) => message));
  const weights = createWeightScan(blobs, findings);
  for (const { type, message } of operations) {
    const name = message.outputs?.[0]?.name ?? "";
    if (!isProgramOperation(type)) {
      findings.add(
        "coreml/unknown-operation",
        { path: name },
        `It is called ${JSON.stringify(type)}.`,
      );
    }
    for (const [path, value] of tensorsIn(message)) weights.scan(value, path, uses.get(path) ?? "");
  }
  weights.scanRoom();
}

/** What constants are for: the parameter and operation that read each, by its name. */
function usesOf(operations: readonly MILSpecOperation[]): ReadonlyMap<string, string> {
  const uses = new Map<string, string>();
  for (const { type = "", inputs, outputs } of operations) {
    for (const [key, { arguments: bindings = [] }] of inputs ?? []) {
      const use = `${type}/${key}`;
      uses.set(`${outputs?.[0]?.name ?? ""}/${key}`, use);
      for (const { name = "" } of bindings) uses.set(name, use);
    }
  }
  return uses;
}

const VARIANCE = "batch_norm/variance";
const KERNEL = /^(?:conv|conv_transpose|linear)\/weight$/;

interface WeightScan {
  scan(value: MILSpecValue, path: string, use: string): void;
  /** Whether arrays of the weight files share bytes. */
  scanRoom(): void;
}

function createWeightScan(blobs: BlobLookup, findings: Findings): WeightScan {
  const records = new Map<string, Map<number, string>>();
  const read = createTensorReader(blobs);
  const reachable = new Map<string, boolean>();
  const reach = (fileName: string): boolean => {
    const known = reachable.get(fileName) ?? opens(fileName, blobs, findings);
    reachable.set(fileName, known);
    return known;
  };
  return {
    scan(value, path, use) {
      const at = { path };
      const { fileName = "", offset = 0 } = value.blobFileValue ?? {};
      if (value.blobFileValue !== undefined) {
        if (!reach(fileName)) return;
        const offsets = records.get(fileName) ?? new Map<number, string>();
        records.set(fileName, offsets);
        if (offsets.has(offset)) return;
        offsets.set(offset, path);
      }
      findings.attempt(at, coreMLRule(findings), () => {
        const { weight, dataType } = read(value, path, at);
        if (sizeOf(weight.shape) === 0) return;
        const float = dataType === "FLOAT32" || dataType === "FLOAT64";
        const job = {
          variance: use === VARIANCE,
          kernel: KERNEL.test(use),
          optimizer: false,
          float,
        };
        judgeNumbers(at, statisticsOf(weight), job, findings);
      });
    },
    scanRoom() {
      for (const [fileName, offsets] of records) {
        findings.attempt(
          {},
          () => undefined,
          () => scanRoom(fileName, offsets, blobs, findings),
        );
      }
    },
  };
}

function opens(fileName: string, blobs: BlobLookup, findings: Findings): boolean {
  const at = { path: fileName };
  if (!fileName.startsWith(MODEL_PATH) || !isInnerPath(fileName.slice(MODEL_PATH.length))) {
    findings.add("coreml/unsafe-path", at, `The program reads ${JSON.stringify(fileName)}.`);
    return false;
  }
  const source = findings.attempt(
    at,
    () => "coreml/missing-item",
    () => blobs(fileName),
  );
  if (source === undefined) return false;
  return findings.attempt(at, coreMLRule(findings), () => openBlobStorage(source)) !== undefined;
}

const MODEL_PATH = "@model_path/";

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly path: string;
}

function scanRoom(
  fileName: string,
  offsets: ReadonlyMap<number, string>,
  blobs: BlobLookup,
  findings: Findings,
): void {
  const storage = openBlobStorage(blobs(fileName));
  const stretches = [...offsets].flatMap(([offset, path]): readonly Stretch[] => {
    const blob = findings.attempt(
      {},
      () => undefined,
      () => storage.blob(offset),
    );
    if (blob === undefined) return [];
    return [
      { start: offset, end: offset + RECORD, path },
      { start: blob.start, end: blob.start + blob.data.size, path },
    ];
  });
  stretches.sort((a, b) => a.start - b.start);
  let last: Stretch | undefined;
  for (const stretch of stretches) {
    if (stretch.end === stretch.start) continue;
    if (last !== undefined && stretch.start < last.end && stretch.path !== last.path) {
      findings.add(
        "coreml/overlap",
        { path: stretch.path },
        `It shares bytes with "${last.path}".`,
      );
    }
    if (last === undefined || stretch.end > last.end) last = stretch;
  }
}

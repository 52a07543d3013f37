import type { Diagnostic } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { readOnnx } from "../formats/onnx/decode.ts";
import { externalData } from "../formats/onnx/external-data.ts";
import { graphsIn, tensorsIn } from "../formats/onnx/graph-tensors.ts";
import { externalPlace, tensorWeight } from "../formats/onnx/tensor-values.ts";
import type { GraphProto, TensorProto } from "../formats/onnx/types.gen.ts";
import { leadsAway } from "../formats/tfjs/weight-files.ts";
import { statisticsOf } from "../weights/statistics.ts";
import type { Findings } from "./finding.ts";
import { NOTHING_KNOWN } from "./model.ts";
import { judgeNamed } from "./numbers.ts";
import type { RuleId } from "./rules.ts";

/** Looks into an ONNX model: its operators, where its numbers lie, and the numbers. */
export function scanOnnx(source: ByteSource, findings: Findings): void {
  const model = findings.attempt({}, onnxRule, () => readOnnx(source));
  if (model === undefined) return;
  const graphs = graphsIn(model.graph ?? {});
  scanDomains(graphs, findings);
  const room = new Map<string, number>();
  for (const tensor of graphs.flatMap(tensorsIn)) scanTensor(tensor, source, room, findings);
}

/** Those of ONNX itself and of onnxruntime. */
const KNOWN: ReadonlySet<string> = new Set([
  "",
  "ai.onnx",
  "ai.onnx.ml",
  "ai.onnx.training",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.microsoft.nchwc",
]);

function scanDomains(graphs: readonly GraphProto[], findings: Findings): void {
  for (const { node = [] } of graphs) {
    for (const { domain = "", opType = "", name = "", output = [] } of node) {
      if (KNOWN.has(domain)) continue;
      const text = `The operator ${JSON.stringify(opType)} is of the domain ${JSON.stringify(domain)}.`;
      findings.add("code/custom-domain", { path: name || (output[0] ?? "") }, text);
    }
  }
}

function scanTensor(
  tensor: TensorProto,
  source: ByteSource,
  room: Map<string, number>,
  findings: Findings,
): void {
  const { name: path = "", dataType } = tensor;
  const outside = externalPlace(tensor)?.path;
  if (outside !== undefined && leadsAway(outside)) {
    const text = `Its numbers would be read from ${JSON.stringify(outside.slice(0, 200))}.`;
    findings.add("onnx/unsafe-path", { path }, text);
    return;
  }
  const statistics = findings.attempt({ path }, onnxRule, () => {
    const ref = tensorWeight(tensor, {}, externalData(tensor, source, room));
    return ref === undefined ? undefined : statisticsOf(ref);
  });
  const float = dataType === 1 || dataType === 11;
  if (statistics !== undefined) judgeNamed({ path, float }, statistics, NOTHING_KNOWN, findings);
}

function onnxRule({ code }: Diagnostic): RuleId {
  switch (code) {
    case "limit":
      return "onnx/limit";
    case "bad-weights":
      return "weights/mismatch";
    case "bad-format":
      return "file/not-a-model";
    default:
      return "onnx/damaged";
  }
}

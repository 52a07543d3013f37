import { type Diagnostic, KcError } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { messageTree } from "../formats/coreml/message-tree.ts";
import { wholeOf } from "../formats/coreml/region.ts";
import { readOnnx } from "../formats/onnx/decode.ts";
import { externalData } from "../formats/onnx/external-data.ts";
import { graphsIn, tensorsIn } from "../formats/onnx/graph-tensors.ts";
import { onnxSchema } from "../formats/onnx/schema.ts";
import {
  elementType,
  externalPlace,
  tensorShape,
  tensorWeight,
} from "../formats/onnx/tensor-values.ts";
import type {
  GraphProto,
  ModelProto,
  TensorProto,
  ValueInfoProto,
} from "../formats/onnx/types.gen.ts";
import type { WeightRef } from "../ir/tensor.ts";
import type { ArrayFacts, Inspection, PortFacts, TreeLine } from "../report/inspection.ts";
import { statisticsOf } from "../weights/statistics.ts";
import { NO_NUMBERS } from "./inspect-numbers.ts";

/** What an ONNX model is and holds, of whichever writer and with whatever operators. Throws what reading one throws. */
export function inspectOnnx(
  source: ByteSource,
  options: { readonly statistics: boolean; readonly tree: boolean },
): Inspection {
  const model = readOnnx(source);
  const { graph = {}, opsetImport = [], metadataProps = [] } = model;
  const constants = new Set((graph.initializer ?? []).map(({ name }) => name));
  const problems: Diagnostic[] = [];
  const tensors = graphsIn(graph).flatMap(tensorsIn);
  const room = new Map<string, number>();
  return {
    file: source.name,
    bytes: source.size,
    container: {
      kind: "ONNX",
      irVersion: model.irVersion ?? 0,
      opsets: opsetImport.map(
        ({ domain = "", version = 0 }) => `${domain || "ai.onnx"} ${version}`,
      ),
      writer: [model.producerName, model.producerVersion].filter(Boolean).join(" "),
      operators: operatorsIn(graph),
      metadata: metadataIn(model, metadataProps),
      files: [...new Set(tensors.flatMap((tensor) => externalPlace(tensor)?.path ?? []))],
    },
    inputs: (graph.input ?? []).filter(({ name }) => !constants.has(name)).map(portFacts),
    outputs: (graph.output ?? []).map(portFacts),
    arrays: tensors.map((tensor) =>
      arrayFacts(tensor, options.statistics ? { source, problems, room } : { source }),
    ),
    problems: [],
    warnings: problems,
    ...(options.tree ? { tree: treeOf(source) } : {}),
  };
}

/** A tree is to be read by people; more lines say nothing more. */
const MOST_LINES = 50_000;

function treeOf(source: ByteSource): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  for (const line of messageTree(onnxSchema("ModelProto"), wholeOf(source))) {
    if (lines.length >= MOST_LINES) {
      lines.push({ depth: 0, name: "…", what: "and more, not shown", attributes: [] });
      break;
    }
    lines.push({ ...line, attributes: [] });
  }
  return lines;
}

function metadataIn(
  { domain = "", modelVersion, docString = "" }: ModelProto,
  props: NonNullable<ModelProto["metadataProps"]>,
): readonly (readonly [string, string])[] {
  return [
    ...(domain === "" ? [] : [["domain", domain] as const]),
    ...(modelVersion === undefined ? [] : [["model version", String(modelVersion)] as const]),
    ...(docString === "" ? [] : [["description", docString] as const]),
    ...props.map(({ key = "", value = "" }) => [key, value] as const),
  ];
}

function operatorsIn(graph: GraphProto): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { node = [] } of graphsIn(graph)) {
    for (const { opType = "", domain = "" } of node) {
      const name = domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function portFacts({ name = "", type }: ValueInfoProto): PortFacts {
  const tensor = type?.tensorType;
  const dims = tensor?.shape?.dim ?? [];
  return {
    name,
    shape: dims.map(({ dimValue }) => dimValue ?? null),
    dtype: tensor === undefined ? "no tensor" : elementType(tensor.elemType).name,
  };
}

/** What reading the numbers needs; without `problems` they are not read. */
interface Reading {
  readonly source: ByteSource;
  readonly problems?: Diagnostic[];
  /** Bytes of other files that are still read; who names one piece a thousand times is not followed. */
  readonly room?: Map<string, number>;
}

function arrayFacts(tensor: TensorProto, reading: Reading): ArrayFacts {
  const external = externalPlace(tensor);
  const ref = readable(tensor, reading);
  return {
    path: tensor.name ?? "",
    shape: tensorShape(tensor, { file: reading.source.name }),
    dtype: elementType(tensor.dataType).name,
    storage: external === undefined ? "contiguous" : `in ${external.path}`,
    ...(ref === undefined ? NO_NUMBERS : statisticsOf(ref)),
  };
}

/** What cannot be read is told and left out. */
function readable(
  tensor: TensorProto,
  { source, problems, room = new Map() }: Reading,
): WeightRef | undefined {
  if (problems === undefined) return undefined;
  try {
    return tensorWeight(tensor, { file: source.name }, externalData(tensor, source, room));
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    if (problems.length < MOST_PROBLEMS) problems.push(...error.diagnostics);
    return undefined;
  }
}

const MOST_PROBLEMS = 20;

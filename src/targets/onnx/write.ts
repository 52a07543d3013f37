import type { Diagnostic } from "../../errors.ts";
import type { OutputBytes } from "../../formats/bytes.ts";
import { encodeOnnx, LARGEST_MODEL } from "../../formats/onnx/encode.ts";
import type { ModelProto, ValueInfoProto } from "../../formats/onnx/types.gen.ts";
import type { Graph } from "../../ir/graph.ts";
import { dropInferenceNoops } from "../../passes/drop-inference-noops.ts";
import { metadataOf } from "./metadata.ts";
import { emitNetwork, type Port } from "./network.ts";
import { type OnnxOptions, parseOptions, type Settings } from "./options.ts";
import { portNames } from "./port-names.ts";
import { type OnnxSummary, summarise } from "./summary.ts";
import { storeBeside, storeInside, totalBytes } from "./tensors.ts";

/** The operators that models are written in; onnxruntime knows them since 1.6, of December 2020. */
const OPSET = 13;

/** The version of the format that came with them. */
const IR_VERSION = 7;

/** An ONNX model, ready to be written. */
export interface OnnxResult {
  /** The `.onnx` file; weights are read while it is written. */
  readonly file: OutputBytes;
  /** The file with the weights, which must lie beside it under this name; undefined where they are in the model. */
  readonly data: { readonly name: string; readonly file: OutputBytes } | undefined;
  readonly model: ModelProto;
  readonly warnings: readonly Diagnostic[];
  readonly summary: OnnxSummary;
}

/**
 * Writes a graph as an ONNX model: inputs and outputs with Keras' names and shapes, free batch. Throws `bad-option` for options that do not
 * fit, `unsupported` with every layer that cannot be expressed.
 */
export function writeOnnx(graph: Graph, options: OnnxOptions = {}): OnnxResult {
  const settings = parseOptions(options);
  const names = portNames(graph, settings);
  const lean = dropInferenceNoops(graph);
  const network = emitNetwork(lean, settings, names);
  const { constants } = network.emission;
  const beside = settings.externalData || totalBytes(constants) > LARGEST_MODEL - MARGIN;
  const stored = beside ? storeBeside(constants, settings.dataFile) : storeInside(constants);
  const model: ModelProto = {
    irVersion: IR_VERSION,
    producerName: "keras-converter",
    ...metadataOf(settings),
    opsetImport: [{ domain: "", version: OPSET }],
    graph: {
      node: network.emission.nodes,
      name: graph.name,
      initializer: stored.initializers,
      input: network.inputs.map((port) => valueInfo(port, settings.inputDescriptions)),
      output: network.outputs.map((port) => valueInfo(port, settings.outputDescriptions)),
      valueInfo: network.values.map(innerInfo),
    },
  };
  const { data } = stored;
  return {
    file: encodeOnnx(model),
    data: data === undefined ? undefined : { name: settings.dataFile, file: data },
    model,
    warnings: warnState(lean),
    summary: summarise(graph, network, OPSET),
  };
}

/** Room for all that is not weights. */
const MARGIN = 64 * 2 ** 20;

/** Free sizes have names: equal ones are equal sizes. */
function valueInfo(
  { name, element, shape }: Port,
  descriptions: Settings["inputDescriptions"] = {},
): ValueInfoProto {
  const dim = shape.map((size, axis) => {
    if (size !== null) return { dimValue: size };
    return { dimParam: axis === 0 ? "batch" : `${name}_${axis}` };
  });
  const about = new Map(Object.entries(descriptions)).get(name);
  return {
    name,
    type: { tensorType: { elemType: element, shape: { dim } } },
    ...(about === undefined ? {} : { docString: about }),
  };
}

/** Free sizes of inner values stay unnamed: they follow from those of the inputs. */
function innerInfo({ name, element, shape }: Port): ValueInfoProto {
  const dim = shape.map((size) => (size === null ? {} : { dimValue: size }));
  return { name, type: { tensorType: { elemType: element, shape: { dim } } } };
}

/** What Keras keeps from one batch to the next, ONNX starts anew. */
function warnState({ nodes }: Graph): readonly Diagnostic[] {
  return nodes.flatMap(({ op, origin }): readonly Diagnostic[] => {
    if (op.kind !== "recurrent" || !op.stateful) return [];
    const at = { layer: origin.layer, className: origin.className };
    const text = "it is stateful in Keras; in ONNX every run starts with a state of zeros.";
    return [{ code: "unsupported", text, at }];
  });
}

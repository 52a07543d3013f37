import { createDiagnostics, type Diagnostic, type Diagnostics } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { type GraphNode, graphNodes, outputNamed, shapeIn } from "../../formats/tfjs/graph-def.ts";
import { readManifest, type TfjsArray } from "../../formats/tfjs/manifest.ts";
import type {
  LayerSummary,
  ModelSummary,
  SummaryShape,
  SummaryTensor,
  WeightSummary,
} from "../../ir/model-summary.ts";
import { sizeOf, type WeightRef } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { isSetting, settingIn, settingName, settingsOf } from "./settings.ts";
import { addShapes } from "./shapes.ts";

/** The nodes of a graph model as layers. */
export interface TfjsGraphSummary {
  readonly summary: ModelSummary;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The nodes of a graph model of TensorFlow.js, of whichever writer, as layers: the operation as class, constants as the weights and settings
 * of those who read them, shapes where the model states them. Throws what reading the manifest throws.
 */
export function summariseTfjsGraph(
  json: JsonObject,
  source: ByteSource,
  { name }: { readonly name: string },
): TfjsGraphSummary {
  const { modelTopology: topology, signature: outer } = json;
  const log = createDiagnostics();
  const library = isJsonObject(topology) ? topology.library : undefined;
  const signature = isJsonObject(outer) ? outer : signatureWithin(json.userDefinedMetadata);
  if (isJsonObject(library) && isJsonList(library.function) && library.function.length > 0) {
    const text = `What stands in the ${library.function.length} functions of the model (loops, branches) is not shown.`;
    log.warn({ code: "unsupported", text });
  }
  const arrays = new Map(readManifest(json.weightsManifest, source).map((a) => [a.name, a]));
  const nodes = uniqueNodes(graphNodes(topology));
  const constants = constantsIn(nodes, arrays, log);
  const shown = nodes.filter(({ name: node, op }) => op !== "Const" && !constants.has(node));
  const shapes = shapesIn(shown, signature, constants);
  const layers = new Set(shown.map((node) => node.name));
  const place = ({ node, output }: { readonly node: string; readonly output: number }) =>
    layers.has(node) ? [{ layer: node, call: 0, tensor: output }] : [];
  const widths = outputCounts(shown);
  return {
    summary: {
      name,
      className: "Functional",
      style: "keras3",
      sequential: false,
      layers: shown.map((node): LayerSummary => {
        const { weights, settings } = constantsRead(node, constants);
        const kernel = weights.find(({ shape = [] }) => shape.length > 2)?.shape;
        const outputs = Array.from({ length: widths.get(node.name) ?? 1 }, (_, output) =>
          shapes.get(keyOf(node.name, output)),
        );
        return {
          name: node.name,
          path: node.name,
          className: node.op === "Placeholder" ? "InputLayer" : node.op,
          trainable: false,
          weights,
          calls: [{ inputs: node.inputs.flatMap(place), outputs }],
          config: { ...settingsOf(node, kernel), ...settings },
        };
      }),
      ...resultsOf(signature, place),
    },
    warnings: log.warnings,
  };
}

function resultsOf(
  signature: JsonObject,
  place: (output: { readonly node: string; readonly output: number }) => readonly SummaryTensor[],
): Pick<ModelSummary, "results"> {
  const results = portsOf(signature.outputs).flatMap((port) => {
    const named = outputNamed(port.name);
    return named === undefined ? [] : place(named);
  });
  return results.length === 0 ? {} : { results };
}

/** tensorflowjs_converter before 3.0 put the signature among its own notes. */
function signatureWithin(notes: Json | undefined): JsonObject {
  return isJsonObject(notes) && isJsonObject(notes.signature) ? notes.signature : {};
}

function portsOf(ports: Json | undefined): readonly JsonObject[] {
  return isJsonObject(ports) ? Object.values(ports).filter(isJsonObject) : [];
}

/** Of two nodes of one name the first is the one that TensorFlow would take. */
function uniqueNodes(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const seen = new Set<string>();
  return nodes.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function constantsIn(
  nodes: readonly GraphNode[],
  arrays: ReadonlyMap<string, TfjsArray>,
  log: Diagnostics,
): ReadonlyMap<string, WeightRef> {
  const constants = new Map<string, WeightRef>();
  // a file may name a constant after those who read it
  const ordered = nodes.toSorted((a, b) => Number(b.op === "Const") - Number(a.op === "Const"));
  for (const { name, op, inputs } of ordered) {
    const array = op === "Const" ? arrays.get(name) : undefined;
    const [read] = inputs;
    const same = op === "Identity" && read !== undefined ? constants.get(read.node) : undefined;
    const ref = array?.ref ?? same;
    if (ref !== undefined) constants.set(name, ref);
    else if (array !== undefined) {
      const text = `The array "${name}" of type ${array.dtype} is not counted among the parameters.`;
      log.warn({ code: "unsupported", text });
    }
  }
  return constants;
}

function constantsRead(
  { op, inputs }: GraphNode,
  constants: ReadonlyMap<string, WeightRef>,
): { readonly weights: readonly WeightSummary[]; readonly settings: Record<string, Json> } {
  const weights: WeightSummary[] = [];
  const settings: Record<string, Json> = {};
  inputs.forEach(({ node }, index) => {
    const ref = constants.get(node);
    if (ref === undefined) return;
    if (isSetting(ref)) settings[settingName(op, index, inputs.length)] = settingIn(ref);
    else weights.push(weightOf(ref));
  });
  return { weights, settings };
}

/** What an array takes once tfjs has loaded it. */
function weightOf({ id, dtype, shape }: WeightRef): WeightSummary {
  const count = sizeOf(shape);
  const width = dtype === "bool" || dtype === "uint8" ? 1 : 4;
  return { id, count, dtype, bytes: count * width, trainable: false, shape };
}

function shapesIn(
  nodes: readonly GraphNode[],
  signature: JsonObject,
  constants: ReadonlyMap<string, WeightRef>,
): ReadonlyMap<string, SummaryShape> {
  const shapes = new Map<string, SummaryShape>();
  for (const port of [...portsOf(signature.inputs), ...portsOf(signature.outputs)]) {
    const named = outputNamed(port.name);
    if (named !== undefined) shapes.set(keyOf(named.node, named.output), shapeIn(port.tensorShape));
  }
  for (const node of nodes) {
    node.shapes.forEach((shape, output) => {
      if (shape !== undefined) shapes.set(keyOf(node.name, output), shape);
    });
  }
  addShapes(nodes, constants, shapes);
  return shapes;
}

/** How many outputs of each node are known: those that it states and those that others read. */
function outputCounts(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const counts = new Map(nodes.map(({ name, shapes }) => [name, Math.max(1, shapes.length)]));
  for (const { node, output } of nodes.flatMap(({ inputs }) => inputs)) {
    const known = counts.get(node);
    if (known !== undefined && output >= known && output < MOST_OUTPUTS) {
      counts.set(node, output + 1);
    }
  }
  return counts;
}

const MOST_OUTPUTS = 1000;

function keyOf(node: string, output: number): string {
  return `${node}:${output}`;
}

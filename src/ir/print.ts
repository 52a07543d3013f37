import type { Graph, Node, ValueId } from "./graph.ts";
import type { Op } from "./ops/index.ts";
import { formatShape, type WeightRef } from "./tensor.ts";

/**
 * The graph as text, one line a node, for tests and for people:
 * `conv1 = conv(input) strides=[2,2] … kernel(3, 3, 3, 8) -> float32 (null, 112, 112, 8)`.
 */
export function printGraph(graph: Graph): string {
  const { source } = graph;
  const writer = [source.format, source.version, source.backend].filter((word) => word !== "");
  const lines = [
    `graph "${graph.name}"${writer.length === 0 ? "" : ` (${writer.join(", ")})`}`,
    ...graph.inputs.map(
      (port) => `input ${portName(port.name, port.value)}: ${typeText(graph, port.value)}`,
    ),
    ...graph.nodes.map((node) => nodeLine(graph, node)),
    ...graph.outputs.map((port) => `output ${portName(port.name, port.value)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function nodeLine(graph: Graph, node: Node): string {
  const named = node.outputs.length === 1 && node.outputs[0] === node.id;
  const made = named ? node.id : `${node.id} [${node.outputs.join(", ")}]`;
  const types = node.outputs.map((value) => typeText(graph, value)).join(", ");
  const words = [
    `${node.op.kind}(${node.inputs.join(", ")})`,
    ...options(node.op),
    ...weights(node.op),
  ];
  return `${made} = ${words.join(" ")} -> ${types}`;
}

function options(op: Op): readonly string[] {
  return Object.entries(op)
    .filter(([key, value]) => key !== "kind" && key !== "weights" && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
}

function weights(op: Op): readonly string[] {
  const entries: readonly [string, WeightRef | undefined][] = Object.entries(op.weights);
  return entries.flatMap(([role, ref]) =>
    ref === undefined ? [] : [`${role}${formatShape(ref.shape)}`],
  );
}

function typeText(graph: Graph, value: ValueId): string {
  const type = graph.types.get(value);
  return type === undefined ? "?" : `${type.dtype} ${formatShape(type.shape)}`;
}

function portName(name: string, value: ValueId): string {
  return name === value ? name : `${name} = ${value}`;
}

import { createDiagnostics, throwIfErrors } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import type { Dim } from "../../ir/tensor.ts";
import { emitNode, logUnsupported } from "../emit-node.ts";
import { refuse } from "../refuse.ts";
import { type ElementType, elementOf } from "./element.ts";
import { Emission } from "./emission.ts";
import { emitters } from "./emitters.ts";
import { type AxisOrder, arrange, imageOrder, naturalOrder } from "./layout.ts";
import type { Settings } from "./options.ts";
import type { PortNames } from "./port-names.ts";

/** An input or output as declared. */
export interface Port {
  readonly name: string;
  readonly element: ElementType;
  /** In the order in which it is declared. */
  readonly shape: readonly Dim[];
  /** Axis of the Keras value behind each axis of `shape`. */
  readonly order: AxisOrder;
}

/** Nodes, with what goes in and out. */
export interface EmittedNetwork {
  readonly emission: Emission;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The values between them, for readers that infer no shapes. */
  readonly values: readonly Port[];
}

/** Writes all nodes. Throws `unsupported` once, with every layer that cannot be expressed. */
export function emitNetwork(graph: Graph, settings: Settings, names: PortNames): EmittedNetwork {
  const half = settings.modelPrecision === "float16";
  const emission = new Emission(graph, { half, names: [...names.inputs, ...names.outputs] });
  const inputs = graph.inputs.map((_, index) => emitInput(emission, settings, names, index));
  const log = createDiagnostics();
  for (const node of graph.nodes) {
    if (!node.inputs.every((value) => emission.has(value))) continue;
    logUnsupported(log, () => emitNode({ emitters, refuse }, node, emission));
  }
  throwIfErrors(log);
  const outputs = graph.outputs.map((_, index) => emitOutput(emission, names, index));
  return { emission, inputs, outputs, values: innerValues(emission, [...inputs, ...outputs]) };
}

/** Where each value of the graph lies, in the order of the graph; without what has a declaration of its own. */
function innerValues(emission: Emission, ports: readonly Port[]): readonly Port[] {
  const declared = new Set([...ports, ...emission.constants].map(({ name }) => name));
  return emission.graph.nodes.flatMap(({ outputs }) =>
    outputs.flatMap((value): readonly Port[] => {
      const { name, order, element } = emission.tensorOf(value);
      if (declared.has(name)) return [];
      declared.add(name);
      return [{ name, element, order, shape: arrange(emission.shapeOf(value), order) }];
    }),
  );
}

function emitInput(emission: Emission, settings: Settings, names: PortNames, index: number): Port {
  const { graph } = emission;
  const value = graph.inputs[index]?.value ?? "";
  const name = names.inputs[index] ?? "";
  const { dtype = "float32", shape = [] } = graph.types.get(value) ?? {};
  const rank = shape.length;
  const turned = settings.inputsAsNchw.includes(name) && rank > 2;
  const order = turned ? imageOrder("channels-last", rank) : naturalOrder(rank);
  const element = elementOf(dtype);
  emission.put(value, { name, order, element });
  return { name, element, shape: arrange(shape, order), order };
}

/** An output has Keras' order of axes, and its own name, which also inputs and constants get that come out as they are. */
function emitOutput(emission: Emission, names: PortNames, index: number): Port {
  const value = emission.graph.outputs[index]?.value ?? "";
  const name = names.outputs[index] ?? "";
  const shape = emission.shapeOf(value);
  const order = naturalOrder(shape.length);
  const tensor = emission.move(emission.tensorOf(value), order);
  emission.nodes.push({ input: [tensor.name], output: [name], name, opType: "Identity" });
  return { name, element: tensor.element, shape, order };
}

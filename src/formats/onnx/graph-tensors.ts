import type { GraphProto, TensorProto } from "./types.gen.ts";

/** A graph and those within its loops and branches. */
export function graphsIn(graph: GraphProto): readonly GraphProto[] {
  const inner = (graph.node ?? []).flatMap(({ attribute = [] }) =>
    attribute.flatMap(({ g, graphs = [] }) => (g === undefined ? graphs : [g, ...graphs])),
  );
  return [graph, ...inner.flatMap(graphsIn)];
}

/** The constants of a graph: initializers, and nodes that give one. */
export function tensorsIn({ initializer = [], node = [] }: GraphProto): readonly TensorProto[] {
  const constants = node.flatMap(({ opType, attribute = [], output = [] }) => {
    const tensor =
      opType === "Constant" ? attribute.find(({ name }) => name === "value")?.t : undefined;
    return tensor === undefined ? [] : [{ ...tensor, name: output[0] ?? "" }];
  });
  return [...initializer, ...constants];
}

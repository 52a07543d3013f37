import type { Node } from "../../ir/graph.ts";
import type { Json, JsonObject } from "../../json.ts";

/** How the steps of a layer are set, in Keras' words. */
export function networkSettings(nodes: readonly Node[]): JsonObject {
  // a move of axes within a layer is how it is spelled, not how it is set
  const own = nodes.length === 1 ? nodes : nodes.filter(({ op }) => op.kind !== "permute");
  return Object.fromEntries(own.flatMap(({ op }) => Object.entries(settingsOf(op))));
}

function settingsOf(op: Node["op"]): Record<string, Json> {
  switch (op.kind) {
    case "conv":
    case "convTranspose": {
      const { shape } = op.weights.kernel;
      const filters = shape.at(op.kind === "conv" ? -1 : -2) ?? 0;
      const { strides, padding, dilations } = op;
      return {
        kernel_size: shape.slice(0, -2),
        filters,
        strides,
        padding,
        dilation_rate: dilations,
      };
    }
    case "depthwiseConv": {
      const { strides, padding, dilations } = op;
      const { shape } = op.weights.kernel;
      return { kernel_size: shape.slice(0, -2), strides, padding, dilation_rate: dilations };
    }
    case "pool":
      return { pool_size: op.poolSize, strides: op.strides, padding: op.padding };
    case "dense":
      return { units: op.weights.kernel.shape.at(-1) ?? 0 };
    case "activation":
      return { activation: op.activation.fn };
    case "concat":
    case "batchNorm":
      return { axis: op.axis };
    case "permute":
      return { dims: op.dims.slice(1) };
    default:
      return {};
  }
}

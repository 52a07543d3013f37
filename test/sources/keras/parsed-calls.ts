import type { JsonObject } from "../../../src/json.ts";
import type { Generation } from "../../../src/sources/keras/layer-spec.ts";
import { parseModel } from "../../../src/sources/keras/parse-model.ts";
import type {
  CallConfig,
  ModelConfig,
  TensorAddress,
} from "../../../src/sources/keras/topology.ts";

/** The architecture that a config says, as a Keras of the generation reads it. */
export function parse(model: JsonObject, generation: Generation = 2): ModelConfig {
  return parseModel(model, {
    dialect: { generation, version: "", backend: "" },
    at: { file: "model.h5" },
    prefix: "",
    trainable: true,
    depth: 0,
  });
}

/** One line a call: `dense#0(in, 2, mask: m)`. */
export function calls(model: ModelConfig): readonly string[] {
  return model.layers.flatMap((layer) =>
    layer.calls.map((call, index) => `${layer.name}#${index}(${argumentsOf(call)})`),
  );
}

function argumentsOf(call: CallConfig): string {
  const args = call.args.map((arg) =>
    arg.kind === "tensor" ? name(arg.address) : JSON.stringify(arg.value),
  );
  const keywords = [...call.keywords].map(([key, list]) => `${key}: ${list.map(name).join("+")}`);
  const literals = Object.entries(call.kwargs).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return [...args, ...keywords, ...literals].join(", ");
}

/** `layer#call[tensor]`; what is 0 is left out. */
export function name({ layer, call, tensor }: TensorAddress): string {
  return `${layer}${call === 0 ? "" : `#${call}`}${tensor === 0 ? "" : `[${tensor}]`}`;
}

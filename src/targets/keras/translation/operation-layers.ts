import { createDiagnostics, type Diagnostics, fail, KcError } from "../../../errors.ts";
import type { Graph } from "../../../ir/graph.ts";
import type { Dim } from "../../../ir/tensor.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import { layerSpecs } from "../../../sources/keras/layers/index.ts";
import { isOperationClass } from "../../../sources/keras/layers/operations.ts";
import { parseModel } from "../../../sources/keras/parse-model.ts";
import type { LayerConfig, ModelConfig, TensorAddress } from "../../../sources/keras/topology.ts";
import { traceModel } from "../../../sources/keras/trace.ts";
import { draftModel } from "../from-graph/draft.ts";
import { checkSteps } from "../from-graph/same-steps.ts";
import { sayableGraph } from "../from-graph/sayable.ts";
import type { WordedLayer, WordedModel } from "./worded-model.ts";
import type { LayerFacts, Words } from "./words.ts";

/** What an operation is said with. */
export interface OperationContext {
  readonly words: Words;
  readonly facts: LayerFacts;
  /** How many values it gives. */
  readonly outputs: number;
  /** The shape of a tensor that it takes; undefined where it is not known. */
  shapeOf(address: TensorAddress): readonly Dim[] | undefined;
  /** A name that no other layer has. */
  freeName(wanted: string): string;
}

/** Whether a layer is an operation on tensors that Keras wrote into the model: `x * 2`, `keras.ops.mean(x)`, `x[:, 0]`. */
export function isOperationLayer({ className, json }: LayerConfig, dialect: Dialect): boolean {
  if (TENSORFLOW.has(className)) return true;
  return dialect.generation === 3 && !("trainable" in json) && isOperationClass(className);
}

const TENSORFLOW: ReadonlySet<string> = new Set([
  "TFOpLambda",
  "SlicingOpLambda",
  "TensorFlowOpLayer",
]);

/** What an operation is called in the model: `Multiply`, `tf.math.multiply`. */
export function operationName({ fileClass, config }: LayerConfig): string {
  return typeof config.function === "string"
    ? `tf.${config.function.replace(/^tf\./, "")}`
    : fileClass;
}

/**
 * An operation as layers that compute the same, the last of them under its name. Logs that there are none; each layer is held to the
 * step that it stands for.
 */
export function operationLayers(
  layer: LayerConfig,
  context: OperationContext,
): readonly WordedLayer[] | undefined {
  const { words, facts } = context;
  const [call] = layer.calls;
  const none = (why: string): undefined => {
    const text = `the operation ${operationName(layer)} has no equal among the layers of ${words.title}: ${why}`;
    const at = { layer: facts.path, className: facts.fileClass };
    facts.log.error({ code: "unsupported", text, at, hint: hintFor(words, facts.dialect) });
  };
  if (call === undefined || layer.calls.length > 1) return none("it is used several times.");
  if (context.outputs > 1) return none("it gives several values.");
  try {
    const { model, sources } = alone(layer, context);
    const graph = graphOf(model, facts.dialect);
    return said(sayableGraph(graph), sources, layer.name, context);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    return none(error.diagnostics[0]?.text ?? error.message);
  }
}

/** Files of Keras 3 that hold operations are archives. */
function hintFor({ dialect }: Words, { generation }: Dialect): string {
  if (dialect.generation === 3 && generation === 3) return "Write a .keras file instead.";
  return "Write the file's own generation instead, or replace the operation in the model.";
}

/** A model of nothing but the operation, and where its inputs come from. */
function alone(
  layer: LayerConfig,
  { shapeOf }: OperationContext,
): { readonly model: ModelConfig; readonly sources: readonly TensorAddress[] } {
  const sources: TensorAddress[] = [];
  const inputName = (address: TensorAddress): TensorAddress => {
    const same = sources.findIndex((one) => keyOf(one) === keyOf(address));
    const at = same < 0 ? sources.push(address) - 1 : same;
    return { layer: `${INPUT}${at}`, call: 0, tensor: 0 };
  };
  const calls = layer.calls.map((call) => ({
    ...call,
    args: call.args.map((arg) =>
      arg.kind === "tensor" ? { ...arg, address: inputName(arg.address) } : arg,
    ),
    keywords: new Map([...call.keywords].map(([key, list]) => [key, list.map(inputName)] as const)),
  }));
  const inputs = sources.map((address, at): LayerConfig => {
    const config = { batch_input_shape: shapeOf(address) ?? null, dtype: "float32" };
    const name = `${INPUT}${at}`;
    const own = { name, path: name, fileClass: "InputLayer", className: "InputLayer", calls: [] };
    return { ...own, json: config, config, trainable: true, ownTrainable: true };
  });
  const model: ModelConfig = {
    name: layer.name,
    className: "Functional",
    kind: "functional",
    layers: [...inputs, { ...layer, calls }],
    inputs: inputs.map(({ name }) => ({ layer: name, call: 0, tensor: 0 })),
    inputKeys: inputs.map(({ name }) => name),
    outputs: [{ layer: layer.name, call: 0, tensor: 0 }],
  };
  return { model, sources };
}

const INPUT = "operand ";

function keyOf({ layer, call, tensor }: TensorAddress): string {
  return JSON.stringify([layer, call, tensor]);
}

function graphOf(model: ModelConfig, dialect: Dialect): Graph {
  const { graph, warnings } = traceModel(model, {
    archive: {
      container: "weights and architecture",
      dialect,
      model: {},
      weights: { kind: "named", dialect, weights: [] },
    },
    specs: layerSpecs,
    table: new Map(),
    inputShapes: undefined,
    refused: new Set(),
    errors: [],
  });
  return graph ?? fail("unsupported", warnings[0]?.text ?? "it is not known.");
}

/** The steps in the words of the generation, under names of their own. */
function said(
  graph: Graph,
  sources: readonly TensorAddress[],
  name: string,
  context: OperationContext,
): readonly WordedLayer[] {
  const { words } = context;
  const { model, weights, layerNames } = draftModel(graph, words.dialect.generation === 3 ? 3 : 2);
  if ([...weights.values()].some((refs) => refs.length > 0)) {
    fail("unsupported", "it needs weights of its own.");
  }
  const log = createDiagnostics();
  const layers = model.layers.map((layer) => reworded(layer, { ...context, log }));
  const [error] = log.errors;
  if (error !== undefined) throw new KcError(error);
  const worded: WordedModel = { ...model, layers };
  const again = parseModel(
    words.serialise(worded, () => undefined),
    { dialect: words.dialect, at: {}, prefix: "", trainable: true, depth: 0 },
  );
  checkSteps(graph, graphOf(again, words.dialect), layerNames);
  return placed(worded, sources, name, context);
}

function reworded(
  layer: WordedLayer,
  { words, facts, log }: OperationContext & { readonly log: Diagnostics },
): WordedLayer {
  const { name, className, config } = layer;
  const { batch_shape: shape = null } = config;
  const own = { ...facts, name, fileClass: className, dialect: DRAFTED, log };
  const stated = className === "InputLayer" ? { ...config, batch_input_shape: shape } : config;
  const found = words.translateLayer(className, stated, own);
  if (found.before !== undefined || found.after !== undefined) {
    fail("unsupported", `${className} would need layers beside it.`);
  }
  return { ...layer, className: found.className, config: found.config };
}

/** Drafts are in the words of Keras 3. */
const DRAFTED: Dialect = { generation: 3, version: "3", backend: "tensorflow" };

/** The layers behind the inputs, put between the layers of the model. */
function placed(
  { layers, inputs, outputs }: WordedModel,
  sources: readonly TensorAddress[],
  name: string,
  { words, facts, freeName }: OperationContext,
): readonly WordedLayer[] {
  const [output] = outputs;
  const ends = new Map(inputs.map(({ layer }, at) => [layer, sources[at]]));
  const steps = layers.filter(({ className }) => className !== "InputLayer");
  if (output === undefined || ends.has(output.layer)) {
    const own = { ...facts, name, dialect: DRAFTED };
    const found = words.translateLayer("Activation", { activation: "linear" }, own);
    const args = sources.slice(0, 1).map((address) => ({ kind: "tensor" as const, address }));
    return [{ name, ...found, calls: [{ args, keywords: new Map(), kwargs: {} }] }];
  }
  for (const step of steps) {
    const own = step.name === output.layer ? name : freeName(`${name}_part`);
    ends.set(step.name, { layer: own, call: 0, tensor: 0 });
  }
  return steps.map((step): WordedLayer => {
    const own = ends.get(step.name)?.layer ?? name;
    const calls = step.calls.map((call) => ({
      ...call,
      args: call.args.map((arg) =>
        arg.kind === "tensor"
          ? { ...arg, address: ends.get(arg.address.layer) ?? arg.address }
          : arg,
      ),
    }));
    return { ...step, name: own, config: { ...step.config, name: own }, calls };
  });
}

import { createDiagnostics, fail, KcError } from "../../../../src/errors.ts";
import { createBuilder } from "../../../../src/ir/create-builder.ts";
import type { Node, Origin, ValueId } from "../../../../src/ir/graph.ts";
import type { Op } from "../../../../src/ir/ops/index.ts";
import { type Dim, formatShape, type WeightRef } from "../../../../src/ir/tensor.ts";
import type { JsonObject } from "../../../../src/json.ts";
import { createConfigReader } from "../../../../src/sources/keras/config.ts";
import type {
  CallArgument,
  Dialect,
  LayerCall,
  LayerSpec,
} from "../../../../src/sources/keras/layer-spec.ts";
import { layerSpecs } from "../../../../src/sources/keras/layers/index.ts";
import { constantWeight } from "../../../../src/weights/constant.ts";

/** A hand-made call of one layer. */
export interface Given {
  readonly layer: string;
  readonly config?: JsonObject;
  /** Shapes of the inputs, batch included. */
  readonly inputs: readonly (readonly Dim[])[];
  readonly dialect?: Partial<Dialect>;
  /** Which inputs come with a mask. */
  readonly masked?: readonly number[];
  /** Numbers of weights, by role; all others are zero. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Shapes as the file has them, where a layer asks. */
  readonly stored?: Readonly<Record<string, readonly number[]>>;
  /** Positional arguments; `in` stands for the next input. Left out: all inputs. */
  readonly args?: readonly unknown[];
  readonly kwargs?: JsonObject;
}

/** What came out: the ops in order, the shapes of the outputs, and which of them have a mask. */
export interface Lowered {
  readonly ops: readonly Op[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly ValueId[];
  readonly shapes: readonly (readonly Dim[])[];
  readonly masks: readonly (ValueId | undefined)[];
  readonly unmasked: readonly ValueId[];
  /** Types and shapes, like `conv (null, 4, 4, 8)`. */
  readonly steps: readonly string[];
}

/** Lowers one call through its spec, with weights that are made on demand. */
export function lower(given: Given): Lowered {
  const head = { name: "test", source: { format: "keras", version: "", backend: "" } };
  const build = createBuilder(head);
  const inputs = given.inputs.map((shape, index) =>
    build.input(`in${index}`, { dtype: "float32", shape }),
  );
  const masks = given.inputs.map((shape, index) =>
    given.masked?.includes(index) === true
      ? build.input(`mask${index}`, { dtype: "bool", shape: shape.slice(0, 2) })
      : undefined,
  );
  const spec = layerSpecs.get(given.layer) ?? fail("internal", `No spec for ${given.layer}.`);
  const call = makeCall(given, spec, { inputs, masks, build });
  const result = spec.lower(call);
  const graph = build.finish(result.outputs.map((value) => ({ name: "out", value })));
  return {
    ops: graph.nodes.map((node) => node.op),
    nodes: graph.nodes,
    outputs: result.outputs,
    shapes: result.outputs.map((value) => build.typeOf(value).shape),
    masks: result.masks ?? [masks[0]],
    unmasked: result.unmasked ?? [],
    steps: graph.nodes.map(
      (node) =>
        `${node.op.kind} ${node.outputs.map((id) => formatShape(build.typeOf(id).shape)).join(" ")}`,
    ),
  };
}

/** The message of the refusal of a call. */
export function refusal(given: Given): string {
  try {
    lower(given);
  } catch (error) {
    if (error instanceof KcError) return error.message;
    throw error;
  }
  return "not refused";
}

function makeCall(
  given: Given,
  spec: LayerSpec,
  context: Pick<LayerCall, "inputs" | "masks" | "build">,
): LayerCall {
  const { build, inputs } = context;
  const at = { layer: "it", className: given.layer };
  const config = createConfigReader(given.config ?? {}, at);
  const dialect: Dialect = {
    generation: 3,
    version: "3.15.1",
    backend: "tensorflow",
    ...given.dialect,
  };
  const roles = new Set((spec.slots?.(config, dialect) ?? []).map((slot) => slot.role));
  const origin: Origin = {
    layer: "it",
    className: given.layer,
    config: given.config ?? {},
    call: 0,
    trainable: true,
  };
  const weight = (role: string, shape: readonly number[]): WeightRef => {
    if (!roles.has(role)) return fail("bad-weights", `No weight "${role}" is declared.`, { at });
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values = given.weights?.[role] ?? Array.from({ length: size }, () => 0);
    return constantWeight(role, shape, values);
  };
  const call: LayerCall = {
    ...context,
    className: given.layer,
    config,
    dialect,
    args: argumentsOf(given, inputs),
    kwargs: createConfigReader(given.kwargs ?? {}, at),
    keywordInputs: new Map(),
    origin,
    log: createDiagnostics(),
    shapeOf: (value) => build.typeOf(value).shape,
    emit: (op, ...values) =>
      build.add(op, values, origin)[0] ?? fail("internal", "The op has no output."),
    weight,
    optionalWeight: (role, shape) => (roles.has(role) ? weight(role, shape) : undefined),
    storedShape: (role) => given.stored?.[role],
    wrapped(key, _prefix, values, innerMasks, innerBuild) {
      const inner = config.object(key);
      const className = inner?.string("class_name") ?? "";
      const innerConfig = inner?.object("config") ?? createConfigReader({}, at);
      const innerSpec = layerSpecs.get(className) ?? fail("internal", "No inner spec.");
      const innerGiven = { layer: className, config: innerConfig.json, inputs: [] };
      const innerCall = makeCall(innerGiven, innerSpec, {
        inputs: values,
        masks: innerMasks ?? [],
        build: innerBuild ?? build,
      });
      return innerSpec.lower(innerCall).outputs;
    },
    refuse: (reason, hint) =>
      fail("unsupported", reason, hint === undefined ? { at } : { at, hint }),
  };
  return call;
}

function argumentsOf(given: Given, inputs: readonly ValueId[]): readonly CallArgument[] {
  if (given.args === undefined) return inputs.map((value) => ({ value }));
  const rest = [...inputs];
  return given.args.map((arg): CallArgument => {
    if (arg === "in") return { value: rest.shift() ?? fail("internal", "Too few inputs.") };
    return { literal: JSON.parse(JSON.stringify(arg)) };
  });
}

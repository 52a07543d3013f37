import { type Diagnostics, fail, type Place } from "../../errors.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { Origin, ValueId } from "../../ir/graph.ts";
import { formatShape, type WeightRef } from "../../ir/tensor.ts";
import { createConfigReader } from "./config.ts";
import type { CallArgument, Dialect, LayerCall } from "./layer-spec.ts";
import type { RoleWeights } from "./native-weights.ts";
import type { LayerConfig } from "./topology.ts";

/** Makes a weight that a layer asks for and that no file holds. */
export type WeightMaker = (role: string, shape: readonly number[]) => WeightRef;

/** What one call of one layer is made of. */
export interface CallParts {
  readonly layer: LayerConfig;
  readonly dialect: Dialect;
  readonly inputs: readonly ValueId[];
  readonly args: readonly CallArgument[];
  readonly kwargs: LayerConfig["config"];
  readonly keywordInputs: ReadonlyMap<string, readonly ValueId[]>;
  readonly masks: readonly (ValueId | undefined)[];
  readonly origin: Origin;
  readonly build: GraphBuilder;
  readonly log: Diagnostics;
  readonly weights: RoleWeights;
  /** Roles that the layer should have under its config. */
  readonly roles: ReadonlySet<string>;
  readonly wrapped: LayerCall["wrapped"];
  /** Left out: a weight that is missing is an error. */
  readonly makeWeight?: WeightMaker | undefined;
}

/** The view of a call that layer specs get. */
export function createLayerCall(parts: CallParts): LayerCall {
  const { layer, origin, build, weights, roles, makeWeight } = parts;
  const at = { layer: origin.layer, className: layer.fileClass };
  const weight = (role: string, shape: readonly number[]): WeightRef =>
    fittingWeight(weights.get(role) ?? makeWeight?.(role, shape), { role, shape, at });
  return {
    className: layer.className,
    config: createConfigReader(layer.config, at),
    dialect: parts.dialect,
    inputs: parts.inputs,
    args: parts.args,
    kwargs: createConfigReader(parts.kwargs, at),
    keywordInputs: parts.keywordInputs,
    masks: parts.masks,
    origin,
    build,
    log: parts.log,
    shapeOf: (value) => build.typeOf(value).shape,
    emit(op, ...inputs) {
      const [output] = build.add(op, inputs, origin);
      return output ?? fail("internal", `The op "${op.kind}" has no output.`, { at });
    },
    weight,
    optionalWeight: (role, shape) =>
      roles.has(role) || weights.has(role) ? weight(role, shape) : undefined,
    storedShape: (role) => weights.get(role)?.shape,
    wrapped: parts.wrapped,
    refuse: (reason, hint) =>
      fail("unsupported", reason, hint === undefined ? { at } : { at, hint }),
  };
}

function fittingWeight(
  ref: WeightRef | undefined,
  wanted: { readonly role: string; readonly shape: readonly number[]; readonly at: Place },
): WeightRef {
  const { role, shape, at } = wanted;
  if (ref === undefined) {
    return fail("bad-weights", `The weight "${role}" is not in the file.`, { at, hint: HINT });
  }
  if (ref.shape.length === shape.length && ref.shape.every((dim, axis) => dim === shape[axis])) {
    return ref;
  }
  return fail(
    "bad-weights",
    `The weight "${role}" has shape ${formatShape(ref.shape)} in the file, expected ${formatShape(shape)}.`,
    { at, hint: HINT },
  );
}

const HINT = "The architecture and the weights are not of the same model.";

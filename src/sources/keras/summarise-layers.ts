import type {
  InnerModel,
  LayerSummary,
  SummaryShape,
  WeightSummary,
} from "../../ir/model-summary.ts";
import { type DType, sizeOf } from "../../ir/tensor.ts";
import { statedShape } from "./input-layer.ts";
import type { Dialect } from "./layer-spec.ts";
import type { WeightTable } from "./match-groups.ts";
import { PYTHON_CLASSES } from "./match-state.ts";
import { leafOf, type SpecTable } from "./slots.ts";
import {
  type CallConfig,
  innermost,
  type LayerConfig,
  type ModelConfig,
  type TensorAddress,
} from "./topology.ts";
import type { Trace } from "./trace.ts";

/** What summarising layers needs beside the model. */
export interface SummaryContext {
  readonly dialect: Dialect;
  readonly specs: SpecTable;
  readonly table: WeightTable;
  /** Traces a nested model by itself. */
  traceInner(model: ModelConfig): Trace;
}

/** The layers of a model in the order of the file, with the shapes of a trace. */
export function summariseLayers(
  model: ModelConfig,
  trace: Trace,
  context: SummaryContext,
): readonly LayerSummary[] {
  return model.layers.map((layer) => {
    const { name, path, className, ownTrainable } = layer;
    const inner = layer.model;
    const calls = layer.calls.length === 0 ? [NO_INPUTS] : layer.calls;
    return {
      name,
      path,
      className: PYTHON_CLASSES.get(className) ?? className,
      trainable: ownTrainable,
      weights: weightsOf(layer, context),
      calls: calls.map((call, index) => ({
        inputs: inputsOf(call),
        outputs: trace.shapes(layer, index),
      })),
      config: layer.json,
      ...(inner === undefined
        ? {}
        : { model: summariseInner(layer, inner, model, trace, context) }),
    };
  });
}

const NO_INPUTS: CallConfig = { args: [], keywords: new Map(), kwargs: {} };

function inputsOf(call: CallConfig): readonly TensorAddress[] {
  const positional = call.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : []));
  return [...positional, ...[...call.keywords.values()].flat()];
}

/** By itself a model has the shapes that it states for its inputs, which those of its first use may equal. */
function summariseInner(
  layer: LayerConfig,
  inner: ModelConfig,
  outer: ModelConfig,
  trace: Trace,
  context: SummaryContext,
): InnerModel {
  const stated = inner.inputs.map((address) => {
    const input = inner.layers.find(({ name }) => name === address.layer);
    return input && statedShape(input);
  });
  const [first = NO_INPUTS] = layer.calls;
  const given = inputsOf(first).map(({ layer: name, call, tensor }) => {
    const source = outer.layers.find((candidate) => candidate.name === name);
    return source && trace.shapes(source, call)[tensor];
  });
  const built = stated.every((shape) => shape !== undefined);
  const same = stated.every((shape, index) => isSame(shape, given[index]));
  const own = built && !same ? context.traceInner(inner) : trace;
  const { kind } = inner;
  const outputs = inner.outputs.map(({ layer: name, call, tensor }) => {
    const source = inner.layers.find((candidate) => candidate.name === name);
    return source && own.shapes(source, call)[tensor];
  });
  return {
    sequential: kind === "sequential",
    built,
    layers: summariseLayers(inner, own, context),
    inputs: inner.inputs,
    results: inner.outputs,
    outputs,
  };
}

function isSame(a: SummaryShape, b: SummaryShape): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function weightsOf(layer: LayerConfig, context: SummaryContext): readonly WeightSummary[] {
  const { specs, dialect, table } = context;
  const { slots } = leafOf(layer, specs, dialect);
  const fixed = new Set(slots.filter((slot) => slot.nonTrainable).map(({ role }) => role));
  const { trainable } = innermost(layer);
  const own = [...(table.get(layer) ?? [])].map(([role, { id, shape, dtype }]): WeightSummary => {
    const count = sizeOf(shape) * (isCudnnBias(layer, role) ? 2 : 1);
    const bytes = count * byteSize(layer, dtype);
    return { id, count, dtype, bytes, trainable: trainable && !fixed.has(role), role, shape };
  });
  const held = layer.model?.layers ?? (layer.wrapped === undefined ? [] : [layer.wrapped]);
  return [...own, ...held.flatMap((inner) => weightsOf(inner, context))];
}

/** cuDNN has two biases for each gate, of which only the sum counts; the table holds the sum. */
function isCudnnBias(layer: LayerConfig, role: string): boolean {
  return innermost(layer).className === "CuDNNLSTM" && role.endsWith("bias");
}

/** Keras loads numbers as what the layer's policy says, whichever type the file has; it keeps float32 under mixed ones. */
function byteSize(layer: LayerConfig, dtype: DType): number {
  const { dtype: policy = "float32" } = layer.config;
  const single = policy === "float32" || (typeof policy === "string" && policy.startsWith("mixed"));
  return single && dtype.includes("float") ? 4 : BYTES[dtype];
}

const BYTES: Readonly<Record<DType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
};

import type { ValueId } from "../../../ir/graph.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { sizeOf } from "../../../ir/tensor.ts";
import type { Json } from "../../../json.ts";
import { constantWeight } from "../../../weights/constant.ts";
import type { CallArgument, LayerCall } from "../layer-spec.ts";
import { flatNumbers, isList, shapeOfNumbers } from "./numbers.ts";

/**
 * One mathematical operation of a functional model, whoever wrote it: a Keras 3 operation (options in the config,
 * operands in the arguments), a TFOpLambda (options and further operands in the keywords) or a TensorFlowOpLayer (options in the
 * node's attributes, constants by index).
 */
export interface Operation {
  readonly call: LayerCall;
  /** An operand by position, or under one of the names it has in the various dialects. */
  operand(index: number, ...names: readonly string[]): CallArgument | undefined;
  /** An option under one of its names. */
  option(...names: readonly string[]): Json | undefined;
}

/** Yields the results of an operation. */
export type OperationLowering = (operation: Operation) => readonly ValueId[];

/** The operation that a Keras 3 operation or a TFOpLambda call states. */
export function callOperation(call: LayerCall): Operation {
  const option = (...names: readonly string[]): Json | undefined => {
    for (const name of names) {
      const value = call.kwargs.raw(name) ?? call.config.raw(name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
  return {
    call,
    option,
    operand(index, ...names) {
      const positional = call.args[index];
      if (positional !== undefined) return positional;
      for (const name of names) {
        const value = call.keywordInputs.get(name)?.[0];
        if (value !== undefined) return { value };
      }
      const literal = option(...names);
      return literal === undefined ? undefined : { literal };
    },
  };
}

/** The operand that must be a value. */
export function valueOperand(
  operation: Operation,
  index = 0,
  ...names: readonly string[]
): ValueId {
  const operand = operation.operand(index, ...names);
  if (operand !== undefined && "value" in operand) return operand.value;
  return operation.call.refuse(
    "an operand that must come from the model is a constant or missing.",
  );
}

/** Whole numbers of an option: one, a list, or absent. */
export function numbersOption(
  operation: Operation,
  ...names: readonly string[]
): readonly number[] | undefined {
  const value = operation.option(...names);
  return value === undefined ? undefined : flatNumbers(value);
}

/** A true-or-false option. */
export function flagOption(operation: Operation, ...names: readonly string[]): boolean {
  return operation.option(...names) === true;
}

/** Numbers of a literal operand with their shape, or undefined for anything else. */
export function literalNumbers(
  literal: Json,
): { readonly shape: readonly number[]; readonly values: readonly number[] } | undefined {
  const values = flatNumbers(literal);
  const shape = shapeOfNumbers(literal);
  return values === undefined || sizeOf(shape) !== values.length ? undefined : { shape, values };
}

/** A constant of an operation, changed element by element; a bare number has shape `[1]`. */
export function literalWeight(
  call: LayerCall,
  literal: { readonly shape: readonly number[]; readonly values: readonly number[] },
  change: (value: number) => number = (value) => value,
): WeightRef {
  const shape = literal.shape.length === 0 ? [1] : literal.shape;
  const values = literal.values.map(change);
  return constantWeight(`${call.origin.layer}/${values.slice(0, 4).join()}`, shape, values);
}

/** The values of a list operand (`concat`, `stack`): all inputs of the call. */
export function listOperand(operation: Operation): readonly ValueId[] {
  const { inputs, args } = operation.call;
  const literals = args.filter((arg) => "literal" in arg && isList(arg.literal));
  if (inputs.length === 0 || literals.length > 0) {
    operation.call.refuse("joining values with constants cannot be expressed.");
  }
  return inputs;
}

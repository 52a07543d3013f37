import { add, clone, grads, mul, sum, type Tensor } from "@tensorflow/tfjs-core";
import { fail, KcError } from "../../../errors.ts";
import type { Op } from "../../../ir/ops/index.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { type Computed, type Forward, tensorAt, type WeightLookup } from "../forward.ts";
import type { Backward, BackwardStep, Gradients } from "./backward.ts";
import { gradientKernels } from "./gradient-kernels.ts";
import { registerTapeRules } from "./tape-rules.ts";

/**
 * A backward by tfjs' own tape: the forward runs once more and tfjs goes back through its ops. For ops that are rare or
 * of many steps; it takes the time of the forward more than a backward that stands beside it. `carries` says through which
 * inputs a gradient goes: none through masks and numbers of rows.
 */
export function taped<O extends Op>(
  forward: Forward<O>,
  carries: (op: O, input: number) => boolean = () => true,
): Backward<O> {
  return {
    reads: () => "inputs",
    gradients: (op, step) => {
      const wants = (input: number): boolean => step.wants(input) && carries(op, input);
      try {
        return onTape(op, { ...step, wants }, forward);
      } catch (error) {
        if (error instanceof KcError || !(error instanceof Error)) throw error;
        return fail("unsupported", `it cannot be trained through: ${error.message}`, {
          cause: error,
        });
      }
    },
  };
}

/** The same for a forward that draws random numbers while training: it runs once more with those that it saved. */
export function tapedAgain<O extends Op>(
  forward: (op: O, inputs: readonly Tensor[], given: DrawnAgain) => Computed,
  carries?: (op: O, input: number) => boolean,
): Backward<O> {
  return {
    reads: () => "inputs",
    gradients: (op, step) =>
      taped<O>(
        (same, inputs, weightOf) => forward(same, inputs, { weightOf, drawn: step.saved }),
        carries,
      ).gradients(op, step),
  };
}

/** What a forward reads besides its inputs when it runs once more. */
export interface DrawnAgain {
  readonly weightOf: WeightLookup;
  readonly drawn: readonly Tensor[];
}

function onTape<O extends Op>(
  op: O,
  { inputs, gradients, weightOf, wants, wantsWeights }: BackwardStep,
  forward: Forward<O>,
): Gradients {
  const refs = wantsWeights ? refsOf(op) : [];
  const wanted = inputs.flatMap((_, index) => (wants(index) ? [index] : []));
  // Tensors of their own: an input that comes twice is two of them for the tape.
  const given = [
    ...wanted.map((index) => clone(tensorAt(inputs, index))),
    ...refs.map((ref) => clone(weightOf(ref))),
  ];
  if (given.length === 0) return { inputs: [], weights: [] };
  const along = (...xs: readonly Tensor[]): Tensor => {
    const changed = inputs.map((input, index) => xs[wanted.indexOf(index)] ?? input);
    const lookUp: WeightLookup = (ref) => {
      const place = refs.findIndex(({ id }) => id === ref.id);
      return place < 0 ? weightOf(ref) : tensorAt(xs, wanted.length + place);
    };
    const { outputs } = forward(op, changed, lookUp, "linear");
    return (
      outputs.reduce<Tensor | undefined>((total, output, index) => {
        const gradient = gradients[index];
        if (gradient === undefined) return total;
        const part = sum(mul(output, gradient));
        return total === undefined ? part : add(total, part);
      }, undefined) ?? fail("internal", "No gradient has come.")
    );
  };
  registerTapeRules();
  // Adds kernels that wasm lacks.
  gradientKernels();
  const found = grads(along)(given);
  return {
    inputs: inputs.map((_, index) => found[wanted.indexOf(index)]),
    weights: refs.map((ref, place) => ({ ref, gradient: tensorAt(found, wanted.length + place) })),
  };
}

function refsOf({ weights }: Op): readonly WeightRef[] {
  return Object.values<WeightRef | undefined>(weights).flatMap((ref) => ref ?? []);
}

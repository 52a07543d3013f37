import type { Diagnostic } from "../../errors.ts";
import type { Graph } from "../../ir/graph.ts";
import type { Activation } from "../../ir/ops/activation.ts";
import type { RecurrentOp } from "../../ir/ops/recurrent.ts";
import { isNative } from "./recurrent.ts";

/**
 * Core ML's recurrent layers keep the sums inside within ±50, which only activations notice that still grow there.
 * @see NeuralNetwork.proto SimpleRecurrentLayerParams: `clip` constrains values to [-50.0, 50.0]
 */
export function warnClipped(graph: Graph): readonly Diagnostic[] {
  const layers = graph.nodes.flatMap(({ op, origin }) =>
    op.kind === "recurrent" && isNative(op) && !isSettled(op) ? [`"${origin.layer}"`] : [],
  );
  const names = [...new Set(layers)];
  if (names.length === 0) return [];
  return [
    {
      code: "unsupported",
      text: `Core ML keeps the sums inside recurrent layers between -50 and 50. These layers have an activation without a bound, so that larger numbers come out different: ${names.join(", ")}.`,
      hint: "Nothing changes while the numbers stay small; compare the outputs on real inputs.",
    },
  ];
}

function isSettled({ cell, activation, recurrentActivation }: RecurrentOp): boolean {
  const used = cell === "simple" ? [activation] : [activation, recurrentActivation];
  return used.every(({ fn }) => SETTLED.has(fn));
}

/** Activations that hardly change beyond ±50. */
const SETTLED: ReadonlySet<Activation["fn"]> = new Set<Activation["fn"]>([
  "sigmoid",
  "tanh",
  "hardSigmoid",
  "hardTanh",
  "softsign",
  "sparseSigmoid",
]);

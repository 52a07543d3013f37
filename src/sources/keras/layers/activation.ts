import type { ValueId } from "../../../ir/graph.ts";
import type { Activation } from "../../../ir/ops/activation.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { layerActivation, readActivation } from "./activation-config.ts";
import { knownSize, onlyInput, resolveAxes } from "./axes.ts";
import { passMask, refuseMask } from "./masks.ts";
import { isList, looseNumbers } from "./numbers.ts";
import { emitPermute, emitReshape } from "./shape.ts";

/** Activations that are layers of their own. */
export const activationSpecs: readonly LayerSpec[] = [
  { classNames: ["Activation"], lower: lowerActivation },
  { classNames: ["ReLU", "LeakyReLU", "ELU", "ThresholdedReLU"], lower: lowerActivationLayer },
  { classNames: ["Softmax"], lower: lowerSoftmax },
  { classNames: ["PReLU"], slots: () => [{ role: "alpha" }], lower: lowerPrelu },
];

/** One activation node. */
export function emitActivation(call: LayerCall, activation: Activation, input: ValueId): ValueId {
  return call.emit({ kind: "activation", activation, weights: {} }, input);
}

function lowerActivation(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const activation = readActivation(call, call.config, "activation", rank);
  return passMask(emitActivation(call, activation, input));
}

function lowerActivationLayer(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const rank = call.shapeOf(input).length;
  const activation = layerActivation(call.className, call.config.json, rank);
  if (activation === undefined) return call.refuse("it is not an activation layer.");
  return passMask(emitActivation(call, activation, input));
}

/** Softmax along one axis, or over several at once, which a permutation and a reshape make one. */
function lowerSoftmax(call: LayerCall): LayerResult {
  const [input] = call.inputs;
  if (input === undefined) return call.refuse("it has no input.");
  if (call.inputs.length > 1) call.refuse("a mask given as second input cannot be expressed.");
  if (call.dialect.generation === "tf" || call.dialect.generation === 3) {
    refuseMask(call, "Softmax");
  }
  const rank = call.shapeOf(input).length;
  const axes = resolveAxes(call, looseNumbers(call.config, "axis") ?? [-1], rank);
  const [first] = axes;
  if (first === undefined) return call.refuse("its list of axes is empty.");
  if (axes.includes(0)) call.refuse("softmax over the batch cannot be expressed.");
  return passMask(
    axes.length === 1
      ? emitActivation(call, { fn: "softmax", axis: first }, input)
      : softmaxOver(call, input, axes),
  );
}

function softmaxOver(call: LayerCall, input: ValueId, axes: readonly number[]): ValueId {
  const shape = call.shapeOf(input);
  const others = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...others, ...axes];
  const sorted = order.every((axis, index) => axis === index);
  const arranged = sorted ? input : emitPermute(call, input, order);
  const sizes = call.shapeOf(arranged).slice(1);
  const together = axes.reduce((size, axis) => size * knownSize(call, input, axis), 1);
  const lead = sizes.slice(0, others.length - 1);
  const flat = emitReshape(call, arranged, [...lead, together]);
  const soft = emitActivation(call, { fn: "softmax", axis: others.length }, flat);
  const spread = emitReshape(call, soft, sizes);
  const back = shape.map((_, axis) => order.indexOf(axis));
  return sorted ? spread : emitPermute(call, spread, back);
}

/** @see keras/layers/advanced_activations.py (Keras 2.2.4) PReLU; Keras 1 does not save `shared_axes`. */
function lowerPrelu(call: LayerCall): LayerResult {
  const input = onlyInput(call);
  const shape = call.shapeOf(input);
  const shared = call.config.raw("shared_axes");
  const axes = isList(shared) ? call.config.intList("shared_axes") : [];
  const stored = call.storedShape("alpha");
  const expected = shape.slice(1).map((dim, index) => {
    if (axes.includes(index + 1)) return 1;
    if (call.dialect.generation === 1 && stored?.[index] === 1) return 1;
    return (
      dim ?? call.refuse(`axis ${index + 1} of its input has no fixed size and is not shared.`)
    );
  });
  const alpha = call.weight("alpha", expected);
  return passMask(call.emit({ kind: "prelu", weights: { alpha } }, input));
}

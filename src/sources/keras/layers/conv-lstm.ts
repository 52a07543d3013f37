import type { ValueId } from "../../../ir/graph.ts";
import type { LayerCall, LayerResult, LayerSpec } from "../layer-spec.ts";
import { readActivation } from "./activation-config.ts";
import { expectRank, knownSize, layoutOf, onlyInput } from "./axes.ts";
import { convDropout } from "./cell-dropout.ts";
import { refuseMask, stopMask } from "./masks.ts";
import type { CellWeights } from "./recurrent-cell.ts";
import { emitPermute } from "./shape.ts";

/** Recurrent convolutions. */
export const convLstmSpecs: readonly LayerSpec[] = [1, 2, 3].map((rank) => ({
  classNames: [`ConvLSTM${rank}D`],
  slots: (config) => [
    { role: "kernel" },
    { role: "recurrent_kernel" },
    ...(config.bool("use_bias", true) ? [{ role: "bias" }] : []),
  ],
  lower: (call: LayerCall) => lowerConvLstm(call, rank),
}));

function lowerConvLstm(call: LayerCall, rank: number): LayerResult {
  const { config } = call;
  checkConvLstm(call, rank);
  const input = lastChannels(call, onlyInput(call));
  const filters = config.int("filters");
  const ones = Array.from({ length: rank }, () => 1);
  const valueRank = rank + 2;
  const output = call.emit(
    {
      kind: "convLstm",
      filters,
      strides: config.ints("strides", rank, ones),
      dilations: config.ints("dilation_rate", rank, ones),
      padding: config.oneOf("padding", ["valid", "same"] as const, "valid"),
      activation: readActivation(call, config, "activation", valueRank),
      recurrentActivation: readActivation(call, config, "recurrent_activation", valueRank),
      direction: config.bool("go_backwards", false) ? "backward" : "forward",
      returnSequences: config.bool("return_sequences", false),
      ...convDropout(call.dialect, config),
      weights: readWeights(call, rank, knownSize(call, input, rank + 2), filters),
    },
    input,
  );
  return stopMask(firstChannels(call, output));
}

function checkConvLstm(call: LayerCall, rank: number): void {
  const { config, dialect } = call;
  if (call.inputs.length !== 1) call.refuse("initial states cannot be expressed.");
  expectRank(call, onlyInput(call), rank + 3);
  refuseMask(call, call.className);
  for (const key of ["return_state", "stateful"]) {
    if (config.bool(key, false)) call.refuse(`${key} cannot be expressed.`);
  }
  if (dialect.generation === 1) call.refuse("its Keras 1 form is not known.");
  if (dialect.backend === "theano") call.refuse("Theano's padding of it cannot be expressed.");
}

function readWeights(
  call: LayerCall,
  rank: number,
  channels: number,
  filters: number,
): CellWeights {
  const size = call.config.ints("kernel_size", rank);
  const columns = 4 * filters;
  const kernel = call.weight("kernel", [...size, channels, columns]);
  const recurrentKernel = call.weight("recurrent_kernel", [...size, filters, columns]);
  const bias = call.optionalWeight("bias", [columns]);
  return bias === undefined ? { kernel, recurrentKernel } : { kernel, recurrentKernel, bias };
}

function lastChannels(call: LayerCall, value: ValueId): ValueId {
  if (layoutOf(call.config) === "channels-last") return value;
  const rank = call.shapeOf(value).length;
  const spatial = Array.from({ length: rank - 3 }, (_, index) => index + 3);
  return emitPermute(call, value, [0, 1, ...spatial, 2]);
}

/** Turns a result, with or without time, back to the layout of the layer. */
function firstChannels(call: LayerCall, value: ValueId): ValueId {
  if (layoutOf(call.config) === "channels-last") return value;
  const rank = call.shapeOf(value).length;
  const lead = call.config.bool("return_sequences", false) ? [0, 1] : [0];
  const spatial = Array.from({ length: rank - lead.length - 1 }, (_, index) => index + lead.length);
  return emitPermute(call, value, [...lead, rank - 1, ...spatial]);
}

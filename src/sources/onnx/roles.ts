/**
 * What the inputs of operators are to them, in Keras' words; undefined for those whose weights have no name there.
 *
 * @see onnx/docs/Operators.md
 */
export function roleOf(operator: string, input: number): string | undefined {
  return ROLES[operator]?.[input] || undefined;
}

const KERNEL = ["", "kernel", "bias"];
const RECURRENT = [
  "",
  "kernel",
  "recurrent_kernel",
  "bias",
  "sequence_lens",
  "initial_h",
  "initial_c",
];

const ROLES: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: ["", "gamma", "beta", "moving_mean", "moving_variance"],
  Clip: ["", "min", "max"],
  Conv: KERNEL,
  ConvTranspose: KERNEL,
  Expand: ["", "shape"],
  GRU: RECURRENT,
  Gather: ["embeddings", "indices"],
  Gemm: KERNEL,
  InstanceNormalization: ["", "gamma", "beta"],
  LSTM: RECURRENT,
  LayerNormalization: ["", "gamma", "beta"],
  MatMul: ["kernel", "kernel"],
  PRelu: ["", "alpha"],
  Pad: ["", "pads", "value", "axes"],
  RNN: RECURRENT,
  ReduceSum: ["", "axes"],
  Reshape: ["", "shape"],
  Resize: ["", "roi", "scales", "sizes"],
  Slice: ["", "starts", "ends", "axes", "steps"],
  Squeeze: ["", "axes"],
  Tile: ["", "repeats"],
  Unsqueeze: ["", "axes"],
};

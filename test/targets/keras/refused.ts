/** Models that cannot be said in Keras 3, with the first line of the refusal. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "micro/arg_custom_layer",
    'Layer "twice" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.',
  ],
  [
    "micro/refuse_lambda",
    'Layer "lambda_1" (Lambda): its body is Python byte code stored in the file. Running code from a model file is dangerous and is never done here.',
  ],
  [
    "micro/refuse_locallyconnected2d",
    'Layer "locally_connected2d_1" (LocallyConnected2D): Keras 3 has no layer of class LocallyConnected2D.',
  ],
  [
    "micro/topo_sequential_inputlayer",
    'The file does not state the shape of input "dense_1_input".',
  ],
  [
    "micro/upsampling2d_bilinear",
    'Layer "up_sampling2d_1" (UpSampling2D): in Keras 3 a layer of this kind computes something else.',
  ],
  ["layers/k3_custom_function", "is not an activation known here"],
  [
    "layers/k3_quantized_int8",
    'Layer "first" (Dense), model.keras: The file holds 3 weights (shapes (6, 5), (5), (5)), expected 2 (kernel, bias).',
  ],
  [
    "layers/k3_subclassed",
    'model.keras: The model is of class "TwoDense", whose structure is written in Python and not in the file.',
  ],
  [
    "layers/tf_locallyconnected1d",
    'Layer "locally_connected1d" (LocallyConnected1D): Keras 3 has no layer of class LocallyConnected1D.',
  ],
  [
    "layers/tf_locallyconnected1d_impl3",
    'Layer "locally_connected1d" (LocallyConnected1D): Keras 3 has no layer of class LocallyConnected1D.',
  ],
  [
    "layers/tf_locallyconnected2d",
    'Layer "locally_connected2d" (LocallyConnected2D): Keras 3 has no layer of class LocallyConnected2D.',
  ],
  [
    "layers/tf_locallyconnected2d_impl2",
    'Layer "locally_connected2d" (LocallyConnected2D): Keras 3 has no layer of class LocallyConnected2D.',
  ],
  [
    "layers/tf_locallyconnected2d_nobias",
    'Layer "locally_connected2d" (LocallyConnected2D): Keras 3 has no layer of class LocallyConnected2D.',
  ],
  [
    "layers/tf_lstm_time_major",
    'Layer "lstm" (LSTM): time_major input, with time before the batch, cannot be expressed.',
  ],
  [
    "layers/tf_noops",
    'Layer "random_height" (RandomHeight): Keras 3 has no layer of class RandomHeight.',
  ],
  [
    "layers/tf_ops_nn",
    'Layer "tf.math.rsqrt" (TFOpLambda): the operation tf.math.rsqrt has no equal among the layers of Keras 3: Keras has no layer for rsqrt of every number.',
  ],
  [
    "layers/tf_ops_shape",
    'Layer "tf.compat.v1.pad" (TFOpLambda): the operation tf.compat.v1.pad has no equal among the layers of Keras 3: Keras has no ZeroPadding over these axes.',
  ],
  [
    "layers/tf_resizing_area",
    'Layer "resizing" (Resizing): its interpolation "area" does not exist in Keras 3.',
  ],
  [
    "layers/tf_resizing_rare",
    'Layer "resizing_2" (Resizing): its interpolation "gaussian" does not exist in Keras 3.',
  ],
]);

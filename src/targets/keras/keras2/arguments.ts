import { argumentTable } from "../translation/argument-table.ts";

/**
 * The arguments that a layer of Keras 2.2.4 takes beside `name` and `trainable`; undefined for a class that it does not have.
 *
 * @see the signatures in keras/layers (2.2.4)
 */
export function keras2Arguments(className: string): ReadonlySet<string> | undefined {
  return ARGUMENTS.get(className);
}

/** Words in capitals in the table below. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ["WINDOW", "kernel_size strides padding data_format activation use_bias"],
  [
    "KERNEL",
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint",
  ],
  [
    "DEPTHWISE",
    "depthwise_initializer depthwise_regularizer depthwise_constraint depth_multiplier bias_initializer bias_regularizer bias_constraint activity_regularizer",
  ],
  ["POINTWISE", "pointwise_initializer pointwise_regularizer pointwise_constraint"],
  [
    "CELL",
    "activation use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout",
  ],
  ["SEQUENCE", "return_sequences return_state go_backwards stateful unroll"],
  ["POOL", "pool_size strides padding data_format"],
]);

/** A class, and its arguments. */
const TABLE = `
Activation activation
ActivityRegularization l1 l2
Add
AlphaDropout rate noise_shape seed
Average
AveragePooling1D POOL
AveragePooling2D POOL
AveragePooling3D POOL
BatchNormalization axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint
Bidirectional layer merge_mode
Concatenate axis
Conv1D filters WINDOW dilation_rate KERNEL
Conv2D filters WINDOW dilation_rate KERNEL
Conv2DTranspose filters WINDOW output_padding dilation_rate KERNEL
Conv3D filters WINDOW dilation_rate KERNEL
Conv3DTranspose filters WINDOW output_padding KERNEL
ConvLSTM2D filters kernel_size strides padding data_format dilation_rate recurrent_activation unit_forget_bias CELL activity_regularizer return_sequences go_backwards stateful
Cropping1D cropping
Cropping2D cropping data_format
Cropping3D cropping data_format
Dense units activation use_bias KERNEL
DepthwiseConv2D WINDOW dilation_rate DEPTHWISE
Dot axes normalize
Dropout rate noise_shape seed
ELU alpha
Embedding input_dim output_dim embeddings_initializer embeddings_regularizer activity_regularizer embeddings_constraint mask_zero input_length
Flatten data_format
GRU units recurrent_activation CELL activity_regularizer implementation SEQUENCE reset_after
GRUCell units recurrent_activation CELL implementation reset_after
GaussianDropout rate
GaussianNoise stddev
GlobalAveragePooling1D data_format
GlobalAveragePooling2D data_format
GlobalAveragePooling3D data_format
GlobalMaxPooling1D data_format
GlobalMaxPooling2D data_format
GlobalMaxPooling3D data_format
InputLayer batch_input_shape dtype sparse
LSTM units recurrent_activation unit_forget_bias CELL activity_regularizer implementation SEQUENCE
LSTMCell units recurrent_activation unit_forget_bias CELL implementation
LeakyReLU alpha
LocallyConnected1D filters WINDOW KERNEL
LocallyConnected2D filters WINDOW KERNEL
Masking mask_value
MaxPooling1D POOL
MaxPooling2D POOL
MaxPooling3D POOL
Maximum
Minimum
Multiply
PReLU alpha_initializer alpha_regularizer alpha_constraint shared_axes
Permute dims
RNN cell SEQUENCE
ReLU max_value negative_slope threshold
RepeatVector n
Reshape target_shape
SeparableConv1D filters WINDOW dilation_rate DEPTHWISE POINTWISE
SeparableConv2D filters WINDOW dilation_rate DEPTHWISE POINTWISE
SimpleRNN units CELL activity_regularizer SEQUENCE
SimpleRNNCell units CELL
Softmax axis
SpatialDropout1D rate
SpatialDropout2D rate data_format
SpatialDropout3D rate data_format
StackedRNNCells cells
Subtract
ThresholdedReLU theta
TimeDistributed layer
UpSampling1D size
UpSampling2D size data_format interpolation
UpSampling3D size data_format
ZeroPadding1D padding
ZeroPadding2D padding data_format
ZeroPadding3D padding data_format
`;

const ARGUMENTS = argumentTable(TABLE, GROUPS);

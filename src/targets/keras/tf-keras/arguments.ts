import { argumentTable } from "../translation/argument-table.ts";

/**
 * The arguments that a layer of tf.keras 2.15 takes beside `name`, `trainable` and `dtype`; undefined for a class that it does not have.
 *
 * @see the signatures in keras/src/layers (2.15)
 */
export function tfKerasArguments(className: string): ReadonlySet<string> | undefined {
  return ARGUMENTS.get(className);
}

/** Words in capitals in the table below. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  [
    "KERNEL",
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint",
  ],
  [
    "DEPTHWISE",
    "depthwise_initializer bias_initializer depthwise_regularizer bias_regularizer activity_regularizer depthwise_constraint bias_constraint",
  ],
  [
    "POINTWISE",
    "depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint",
  ],
  [
    "CELL",
    "kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout",
  ],
  [
    "SEQUENCE",
    "return_sequences return_state go_backwards stateful unroll time_major zero_output_for_mask",
  ],
  ["WINDOW", "kernel_size strides padding data_format dilation_rate"],
  ["POOL", "pool_size strides padding data_format"],
  ["OUT", "activation use_bias"],
  [
    "AFFINE",
    "center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint",
  ],
]);

/** A class, and its arguments. */
const TABLE = `
Activation activation
ActivityRegularization l1 l2
Add
AdditiveAttention use_scale dropout
AlphaDropout rate noise_shape seed
Attention use_scale score_mode dropout
Average
AveragePooling1D POOL
AveragePooling2D POOL
AveragePooling3D POOL
BatchNormalization axis momentum epsilon AFFINE moving_mean_initializer moving_variance_initializer synchronized
Bidirectional layer merge_mode backward_layer
CategoryEncoding num_tokens output_mode sparse
CenterCrop height width
Concatenate axis
Conv1D filters WINDOW groups OUT KERNEL
Conv1DTranspose filters WINDOW output_padding OUT KERNEL
Conv2D filters WINDOW groups OUT KERNEL
Conv2DTranspose filters WINDOW output_padding OUT KERNEL
Conv3D filters WINDOW groups OUT KERNEL
Conv3DTranspose filters WINDOW output_padding OUT KERNEL
ConvLSTM1D filters WINDOW OUT recurrent_activation KERNEL recurrent_initializer unit_forget_bias recurrent_regularizer recurrent_constraint return_sequences return_state go_backwards stateful dropout recurrent_dropout
ConvLSTM2D filters WINDOW OUT recurrent_activation KERNEL recurrent_initializer unit_forget_bias recurrent_regularizer recurrent_constraint return_sequences return_state go_backwards stateful dropout recurrent_dropout
ConvLSTM3D filters WINDOW OUT recurrent_activation KERNEL recurrent_initializer unit_forget_bias recurrent_regularizer recurrent_constraint return_sequences return_state go_backwards stateful dropout recurrent_dropout
Cropping1D cropping
Cropping2D cropping data_format
Cropping3D cropping data_format
Dense units OUT KERNEL
DepthwiseConv1D WINDOW depth_multiplier OUT DEPTHWISE
DepthwiseConv2D WINDOW depth_multiplier OUT DEPTHWISE
Discretization bin_boundaries num_bins epsilon output_mode sparse
Dot axes normalize
Dropout rate noise_shape seed
ELU alpha
EinsumDense equation output_shape activation bias_axes KERNEL
Embedding input_dim output_dim embeddings_initializer embeddings_regularizer activity_regularizer embeddings_constraint mask_zero input_length
Flatten data_format
GRU units OUT recurrent_activation KERNEL recurrent_initializer recurrent_regularizer recurrent_constraint dropout recurrent_dropout SEQUENCE reset_after implementation
GRUCell units OUT recurrent_activation CELL reset_after implementation
GaussianDropout rate seed
GaussianNoise stddev seed
GlobalAveragePooling1D data_format keepdims
GlobalAveragePooling2D data_format keepdims
GlobalAveragePooling3D data_format keepdims
GlobalMaxPooling1D data_format keepdims
GlobalMaxPooling2D data_format keepdims
GlobalMaxPooling3D data_format keepdims
GroupNormalization groups axis epsilon AFFINE
Identity
InputLayer batch_input_shape dtype sparse ragged
LSTM units OUT recurrent_activation KERNEL recurrent_initializer unit_forget_bias recurrent_regularizer recurrent_constraint dropout recurrent_dropout SEQUENCE implementation
LSTMCell units OUT recurrent_activation CELL unit_forget_bias implementation
LayerNormalization axis epsilon AFFINE
LeakyReLU alpha
LocallyConnected1D filters kernel_size strides padding data_format OUT KERNEL implementation
LocallyConnected2D filters kernel_size strides padding data_format OUT KERNEL implementation
Masking mask_value
MaxPooling1D POOL
MaxPooling2D POOL
MaxPooling3D POOL
Maximum
Minimum
MultiHeadAttention num_heads key_dim value_dim dropout use_bias output_shape attention_axes KERNEL
Multiply
Normalization axis mean variance invert
PReLU alpha_initializer alpha_regularizer alpha_constraint shared_axes
Permute dims
RNN cell SEQUENCE
RandomBrightness factor value_range seed
RandomContrast factor seed
RandomCrop height width seed
RandomFlip mode seed
RandomHeight factor interpolation seed
RandomRotation factor fill_mode interpolation seed fill_value
RandomTranslation height_factor width_factor fill_mode interpolation seed fill_value
RandomWidth factor interpolation seed
RandomZoom height_factor width_factor fill_mode interpolation seed fill_value
ReLU max_value negative_slope threshold
RepeatVector n
Rescaling scale offset
Reshape target_shape
Resizing height width interpolation crop_to_aspect_ratio
SeparableConv1D filters WINDOW depth_multiplier OUT DEPTHWISE pointwise_initializer pointwise_regularizer pointwise_constraint
SeparableConv2D filters WINDOW depth_multiplier OUT DEPTHWISE pointwise_initializer pointwise_regularizer pointwise_constraint
SimpleRNN units OUT KERNEL recurrent_initializer recurrent_regularizer recurrent_constraint dropout recurrent_dropout SEQUENCE
SimpleRNNCell units OUT CELL
Softmax axis
SpatialDropout1D rate
SpatialDropout2D rate data_format
SpatialDropout3D rate data_format
SpectralNormalization layer power_iterations
StackedRNNCells cells
Subtract
ThresholdedReLU theta
TimeDistributed layer
UnitNormalization axis
UpSampling1D size
UpSampling2D size data_format interpolation
UpSampling3D size data_format
ZeroPadding1D padding
ZeroPadding2D padding data_format
ZeroPadding3D padding data_format
`;

const ARGUMENTS = argumentTable(TABLE, GROUPS);

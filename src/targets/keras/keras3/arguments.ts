import { argumentTable } from "../translation/argument-table.ts";

/**
 * The arguments that a layer of Keras 3 takes beside `name`, `trainable` and `dtype`; undefined for a class that Keras 3 does not
 * have.
 *
 * @see the signatures in keras/src/layers (3.15)
 */
export function keras3Arguments(className: string): ReadonlySet<string> | undefined {
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
    "GATES",
    "kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout",
  ],
  [
    "FORGETTING",
    "kernel_initializer recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout",
  ],
  ["SEQUENCE", "return_sequences return_state go_backwards stateful"],
  ["WINDOW", "filters kernel_size strides padding data_format dilation_rate"],
  ["POOL", "pool_size strides padding data_format"],
  [
    "AFFINE",
    "center scale beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint",
  ],
  [
    "AFFINE_ONLY",
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
Attention use_scale score_mode dropout seed
Average
AveragePooling1D POOL
AveragePooling2D POOL
AveragePooling3D POOL
BatchNormalization axis momentum epsilon AFFINE
Bidirectional layer merge_mode backward_layer
CategoryEncoding num_tokens output_mode sparse
CenterCrop height width data_format
Concatenate axis
Conv1D WINDOW groups activation use_bias KERNEL
Conv1DTranspose filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias KERNEL
Conv2D WINDOW groups activation use_bias KERNEL
Conv2DTranspose filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias KERNEL
Conv3D WINDOW groups activation use_bias KERNEL
Conv3DTranspose filters kernel_size strides padding data_format output_padding dilation_rate activation use_bias KERNEL
ConvLSTM1D WINDOW activation recurrent_activation use_bias FORGETTING seed SEQUENCE
ConvLSTM2D WINDOW activation recurrent_activation use_bias FORGETTING seed SEQUENCE
ConvLSTM3D WINDOW activation recurrent_activation use_bias FORGETTING seed SEQUENCE
Cropping1D cropping
Cropping2D cropping data_format
Cropping3D cropping data_format
Dense units activation use_bias KERNEL
DepthwiseConv1D kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias DEPTHWISE
DepthwiseConv2D kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias DEPTHWISE
Discretization bin_boundaries num_bins epsilon output_mode sparse
Dot axes normalize
Dropout rate noise_shape seed
ELU alpha
EinsumDense equation output_shape activation bias_axes kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint
Embedding input_dim output_dim embeddings_initializer embeddings_regularizer embeddings_constraint mask_zero
Flatten data_format
GRU units activation recurrent_activation use_bias GATES seed SEQUENCE unroll reset_after zero_output_for_mask
GRUCell units activation recurrent_activation use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout reset_after seed
GaussianDropout rate seed
GaussianNoise stddev seed
GlobalAveragePooling1D data_format keepdims
GlobalAveragePooling2D data_format keepdims
GlobalAveragePooling3D data_format keepdims
GlobalMaxPooling1D data_format keepdims
GlobalMaxPooling2D data_format keepdims
GlobalMaxPooling3D data_format keepdims
GroupNormalization groups axis epsilon AFFINE_ONLY
InputLayer sparse ragged batch_shape
LSTM units activation recurrent_activation use_bias FORGETTING seed SEQUENCE unroll zero_output_for_mask
LSTMCell units activation recurrent_activation use_bias kernel_initializer recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout seed
LayerNormalization axis epsilon AFFINE_ONLY
LeakyReLU negative_slope
Masking mask_value
MaxPooling1D POOL
MaxPooling2D POOL
MaxPooling3D POOL
Maximum
Minimum
MultiHeadAttention num_heads key_dim value_dim dropout use_bias output_shape attention_axes KERNEL seed
Multiply
Normalization axis mean variance invert
PReLU alpha_initializer alpha_regularizer alpha_constraint shared_axes
Permute dims
RNN cell SEQUENCE unroll zero_output_for_mask
RandomBrightness factor value_range seed
RandomContrast factor value_range seed
RandomCrop height width seed data_format
RandomFlip mode seed data_format
RandomRotation factor fill_mode interpolation seed fill_value data_format
RandomTranslation height_factor width_factor fill_mode interpolation seed fill_value data_format
RandomZoom height_factor width_factor fill_mode interpolation seed fill_value data_format
ReLU max_value negative_slope threshold
RepeatVector n
Rescaling scale offset
Reshape target_shape
Resizing height width interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value antialias data_format
SeparableConv1D WINDOW depth_multiplier activation use_bias depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint
SeparableConv2D WINDOW depth_multiplier activation use_bias depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint
SimpleRNN units activation use_bias GATES SEQUENCE unroll seed zero_output_for_mask
SimpleRNNCell units activation use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout seed
Softmax axis
SpatialDropout1D rate seed
SpatialDropout2D rate data_format seed
SpatialDropout3D rate data_format seed
StackedRNNCells cells
Subtract
TimeDistributed layer
UnitNormalization axis
UpSampling1D size
UpSampling2D size data_format interpolation
UpSampling3D size data_format
ZeroPadding1D padding data_format
ZeroPadding2D padding data_format
ZeroPadding3D padding data_format
`;

const ARGUMENTS = argumentTable(TABLE, GROUPS);

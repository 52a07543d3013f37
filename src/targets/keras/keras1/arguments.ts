import { argumentTable } from "../translation/argument-table.ts";

/**
 * The arguments of a layer of Keras 1.2.2, with those of all layers; undefined for a class that it does not have.
 *
 * @see the signatures in keras/layers (1.2.2)
 */
export function keras1Arguments(className: string): ReadonlySet<string> | undefined {
  return ARGUMENTS.get(className);
}

const COMMON = ["name", "trainable", "batch_input_shape", "input_dtype"];

/** Words in capitals in the table below. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  [
    "WEIGHTS",
    "init activation W_regularizer b_regularizer activity_regularizer W_constraint b_constraint bias",
  ],
  [
    "GATES",
    "output_dim init inner_init activation W_regularizer U_regularizer b_regularizer dropout_W dropout_U return_sequences go_backwards stateful unroll",
  ],
  ["POOL", "pool_size strides border_mode dim_ordering"],
]);

/** A class, and its arguments. */
const TABLE = `
Activation activation
ActivityRegularization l1 l2
AtrousConvolution1D nb_filter filter_length border_mode subsample_length atrous_rate WEIGHTS
AtrousConvolution2D nb_filter nb_row nb_col border_mode subsample atrous_rate dim_ordering WEIGHTS
AveragePooling1D pool_length stride border_mode
AveragePooling2D POOL
AveragePooling3D POOL
BatchNormalization epsilon mode axis momentum beta_init gamma_init gamma_regularizer beta_regularizer
Bidirectional layer merge_mode
Convolution1D nb_filter filter_length border_mode subsample_length WEIGHTS
Convolution2D nb_filter nb_row nb_col border_mode subsample dim_ordering WEIGHTS
Convolution3D nb_filter kernel_dim1 kernel_dim2 kernel_dim3 border_mode subsample dim_ordering WEIGHTS
Cropping1D cropping
Cropping2D cropping dim_ordering
Cropping3D cropping dim_ordering
Dense output_dim WEIGHTS
Dropout p
ELU alpha
Embedding input_dim output_dim init input_length W_regularizer activity_regularizer W_constraint mask_zero
Flatten
GRU GATES inner_activation
GaussianDropout p
GaussianNoise sigma
GlobalAveragePooling1D
GlobalAveragePooling2D dim_ordering
GlobalAveragePooling3D dim_ordering
GlobalMaxPooling1D
GlobalMaxPooling2D dim_ordering
GlobalMaxPooling3D dim_ordering
InputLayer sparse
LSTM GATES inner_activation
LeakyReLU alpha
Masking mask_value
MaxPooling1D pool_length stride border_mode
MaxPooling2D POOL
MaxPooling3D POOL
PReLU init shared_axes
Permute dims
RepeatVector n
Reshape target_shape
SeparableConvolution2D nb_filter nb_row nb_col init activation border_mode subsample depth_multiplier dim_ordering b_regularizer activity_regularizer b_constraint bias
SimpleRNN GATES
SpatialDropout1D p
SpatialDropout2D p dim_ordering
SpatialDropout3D p dim_ordering
ThresholdedReLU theta
TimeDistributed layer
UpSampling1D length
UpSampling2D size dim_ordering
UpSampling3D size dim_ordering
ZeroPadding1D padding
ZeroPadding2D padding dim_ordering
ZeroPadding3D padding dim_ordering
`;

const ARGUMENTS = argumentTable(TABLE, GROUPS, COMMON);

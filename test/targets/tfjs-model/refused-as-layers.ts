/** Cases that layers of tfjs cannot say, with the first reason. */
export const REFUSED_AS_LAYERS: ReadonlyMap<string, string> = new Map([
  [
    "micro/act_exponential",
    "Activation: the activation exponential does not exist in layers of TensorFlow.js.",
  ],
  [
    "micro/act_relu_slope_threshold",
    "ReLU: a threshold together with a slope or ceiling does not exist there.",
  ],
  [
    "micro/deconv_output_padding",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "micro/gru_reset_after",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "micro/refuse_locallyconnected2d",
    "LocallyConnected2D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_act_sparsemax",
    "Activation: the activation sparsemax does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_activations_b",
    "Activation: the activation exponential does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_activations_c",
    "Activation: the activation hardShrink does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_attention_causal",
    "Attention: constants that differ along several axes do not exist in its layers.",
  ],
  [
    "layers/k3_bi_rnn_cell",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_bigru_ave",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_bigru_concat",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_bigru_mul",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_bigru_none",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_bigru_sum",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  ["layers/k3_convlstm1d", "ConvLSTM1D: only ConvLSTM2D exists in layers of TensorFlow.js."],
  [
    "layers/k3_convlstm2d_back",
    "ConvLSTM2D: the activation hardSigmoid does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_deconv_output_padding_same",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/k3_deconv_output_padding_valid",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  ["layers/k3_dot_rank4", "Dot: Dot of TensorFlow.js takes inputs of at most three axes."],
  [
    "layers/k3_einsum_dense",
    "EinsumDense: constants that differ along several axes do not exist in its layers.",
  ],
  [
    "layers/k3_embedding_mask_gru_back",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_embedding_mask_mean",
    "GlobalAveragePooling1D: a mean over the steps that a mask leaves does not exist there.",
  ],
  [
    "layers/k3_gqa",
    "GroupQueryAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  ["layers/k3_gru", "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js."],
  [
    "layers/k3_gru_activations",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_gru_back_seq",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_gru_encoder_decoder",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_jax_conv1dtranspose_dilated",
    "Conv1DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/k3_jax_deconv_dilated",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/k3_jax_deconv_dilated_same",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/k3_lstm_activations",
    "LSTM: the activation hardSigmoid does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mask_maximum",
    "Maximum: a mask that is computed cannot be applied in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mask_minimum",
    "Minimum: a mask that is computed cannot be applied in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_masking_bilstm",
    "Bidirectional: a mask that is computed cannot be applied in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_masking_gru_seq",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_masking_stack",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  ["layers/k3_masks_add", "Add: Add of TensorFlow.js cannot read steps that are masked."],
  [
    "layers/k3_masks_concatenate",
    "ExpandDims: a mask cannot be computed with in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_masks_concatenate_time",
    "ExpandDims: a mask cannot be computed with in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_2d",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_causal",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_cross",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_masked",
    "MultiHeadAttention: Reshape of TensorFlow.js cannot read steps that are masked.",
  ],
  [
    "layers/k3_mha_output_shape",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_scores",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_mha_self",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_normalization_axes",
    "Normalization: constants that differ along several axes do not exist in its layers.",
  ],
  [
    "layers/k3_ops_activations",
    "Gelu: the activation gelu does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_ops_arithmetic",
    "TrueDivide: reciprocal of every element does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_ops_constant_array",
    "Add: constants that differ along several axes do not exist in its layers.",
  ],
  ["layers/k3_ops_norm", "Sqrt: sqrt of every element does not exist in layers of TensorFlow.js."],
  ["layers/k3_ops_reduce", "Prod: a reduction by prod does not exist in layers of TensorFlow.js."],
  ["layers/k3_ops_slice", "GetItem: a slice with steps does not exist in layers of TensorFlow.js."],
  ["layers/k3_ops_tensors", "TrueDivide: a division does not exist in layers of TensorFlow.js."],
  ["layers/k3_ops_unary", "Sqrt: sqrt of every element does not exist in layers of TensorFlow.js."],
  [
    "layers/k3_relu_layers",
    "ReLU: a threshold together with a slope or ceiling does not exist there.",
  ],
  [
    "layers/k3_rmsnorm",
    "RMSNormalization: a normalisation without mean does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_rmsnorm_axes",
    "RMSNormalization: a normalisation without mean does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_rmsnorm_axis1",
    "RMSNormalization: a normalisation without mean does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_rnn_stacked_cells",
    "RNN: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_skipping_pool3d",
    "AveragePooling3D: strides beyond the window of volumes are wrong in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_td_lstm_words",
    "TimeDistributed: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_transformer_block",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/k3_unitnorm",
    "UnitNormalization: a normalisation by length does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_activations",
    "Activation: the activation exponential does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_bigru_ave",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_bigru_concat",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_bigru_mul",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_bigru_none",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_bigru_sum",
    "Bidirectional: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_conv1dtranspose_output_padding",
    "Conv1DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/tf_conv3dtranspose",
    "Conv3DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  ["layers/tf_convlstm3d", "ConvLSTM3D: only ConvLSTM2D exists in layers of TensorFlow.js."],
  [
    "layers/tf_deconv_output_padding",
    "Conv2DTranspose: a transposed convolution with output padding or dilations does not exist there.",
  ],
  [
    "layers/tf_embedding_mask_bilstm",
    "Bidirectional: a mask that is computed cannot be applied in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_embedding_mask_gru",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_embedding_mask_mean",
    "GlobalAveragePooling1D: a mean over the steps that a mask leaves does not exist there.",
  ],
  ["layers/tf_gru", "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js."],
  [
    "layers/tf_gru_encoder_decoder",
    "GRU: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_locallyconnected1d",
    "LocallyConnected1D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_locallyconnected1d_impl3",
    "LocallyConnected1D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_locallyconnected2d",
    "LocallyConnected2D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_locallyconnected2d_impl2",
    "LocallyConnected2D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_locallyconnected2d_nobias",
    "LocallyConnected2D: locally connected layers do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_masking_zero_output",
    "LSTM: a mask that is computed cannot be applied in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_mha",
    "MultiHeadAttention: products of stacks of matrices do not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_ops_arithmetic",
    "TFOpLambda: reciprocal of every element does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_ops_nn",
    "TFOpLambda: the activation exponential does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_ops_reduce",
    "TFOpLambda: a normalisation by length does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_ops_slice",
    "SlicingOpLambda: a slice with steps does not exist in layers of TensorFlow.js.",
  ],
  ["layers/tf_ops_tensors", "TFOpLambda: a division does not exist in layers of TensorFlow.js."],
  [
    "layers/tf_relu_layers",
    "ReLU: a threshold together with a slope or ceiling does not exist there.",
  ],
  [
    "layers/tf_rnn_stacked",
    "RNN: a GRU with reset_after does not exist in layers of TensorFlow.js.",
  ],
  [
    "layers/tf_unitnorm",
    "UnitNormalization: a normalisation by length does not exist in layers of TensorFlow.js.",
  ],
]);

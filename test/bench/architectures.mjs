import { Keras2Model } from "./keras2-model.mjs";

const POOL = { pool_size: [2, 2], strides: [2, 2], padding: "valid", data_format: "channels_last" };

/** MobileNet 1.0, 224 x 224, 1000 classes: 17 MB. */
export function mobileNet() {
  const model = new Keras2Model("mobilenet_1.00_224");
  let at = model.input("input_1", [224, 224, 3]);
  const finish = (name, channels) => {
    at = model.batchNorm(`${name}_bn`, at, channels);
    at = model.layer("ReLU", `${name}_relu`, at, { max_value: 6 });
  };
  at = model.conv("conv1", at, [3, 32], 3, 2, { bias: false });
  finish("conv1", 32);
  let channels = 32;
  const widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  widths.forEach((width, index) => {
    const block = index + 1;
    const strides = width > channels && index > 0 ? 2 : 1;
    at = model.depthwise(`conv_dw_${block}`, at, channels, strides);
    finish(`conv_dw_${block}`, channels);
    at = model.conv(`conv_pw_${block}`, at, [channels, width], 1, 1, { bias: false });
    finish(`conv_pw_${block}`, width);
    channels = width;
  });
  at = model.layer("GlobalAveragePooling2D", "global_average_pooling2d_1", at, {
    data_format: "channels_last",
  });
  at = model.layer("Reshape", "reshape_1", at, { target_shape: [1, 1, 1024] });
  at = model.layer("Dropout", "dropout", at, { rate: 0.001, noise_shape: null, seed: null });
  at = model.conv("conv_preds", at, [1024, 1000], 1, 1);
  at = model.layer("Activation", "act_softmax", at, { activation: "softmax" });
  model.layer("Reshape", "reshape_2", at, { target_shape: [1000] });
  return model;
}

/** SqueezeNet 1.1, 227 x 227, 1000 classes: 5 MB. */
export function squeezeNet() {
  const model = new Keras2Model("squeezenet");
  const conv = (name, from, io, kernel, strides = 1, padding = "valid") =>
    model.conv(name, from, io, kernel, strides, { padding, activation: "relu" });
  const pool = (name, from) =>
    model.layer("MaxPooling2D", name, from, { ...POOL, pool_size: [3, 3] });
  let at = model.input("input_1", [227, 227, 3]);
  at = pool("pool1", conv("conv1", at, [3, 64], 3, 2));
  let channels = 64;
  [16, 16, 32, 32, 48, 48, 64, 64].forEach((narrow, index) => {
    const id = `fire${index + 2}`;
    const wide = narrow * 4;
    const squeezed = conv(`${id}_squeeze1x1`, at, [channels, narrow], 1);
    const left = conv(`${id}_expand1x1`, squeezed, [narrow, wide], 1);
    const right = conv(`${id}_expand3x3`, squeezed, [narrow, wide], 3, 1, "same");
    at = model.layer("Concatenate", `${id}_concat`, [left, right], { axis: -1 });
    channels = 2 * wide;
    if (index === 1 || index === 3) at = pool(`pool${index + 2}`, at);
  });
  at = conv("conv10", at, [channels, 1000], 1);
  at = model.layer("GlobalAveragePooling2D", "pool10", at, { data_format: "channels_last" });
  model.layer("Activation", "loss", at, { activation: "softmax" });
  return model;
}

/** ResNet50, 224 x 224, 1000 classes: 98 MB. */
export function resNet50() {
  const model = new Keras2Model("resnet50");
  const act = (name, from) => model.layer("Activation", name, from, { activation: "relu" });
  let at = model.input("input_1", [224, 224, 3]);
  at = model.layer("ZeroPadding2D", "conv1_pad", at, {
    padding: [
      [3, 3],
      [3, 3],
    ],
    data_format: "channels_last",
  });
  at = model.conv("conv1", at, [3, 64], 7, 2, { padding: "valid" });
  at = act("activation_1", model.batchNorm("bn_conv1", at, 64));
  at = model.layer("MaxPooling2D", "max_pooling2d_1", at, {
    ...POOL,
    pool_size: [3, 3],
    padding: "same",
  });
  let channels = 64;
  let count = 1;
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const id = `${stage + 2}${"abcdef"[block]}_branch`;
      const strides = block === 0 && stage > 0 ? 2 : 1;
      const conv = (part, from, io, kernel, s) =>
        model.conv(`res${id}${part}`, from, io, kernel, s);
      const norm = (part, from, size) => model.batchNorm(`bn${id}${part}`, from, size);
      const wide = width * 4;
      let x = norm("2a", conv("2a", at, [channels, width], 1, strides), width);
      x = norm("2b", conv("2b", act(`activation_${++count}`, x), [width, width], 3, 1), width);
      x = conv("2c", act(`activation_${++count}`, x), [width, wide], 1, 1);
      // Keras lists layers by depth: both last convolutions come before both normalisations.
      let short = block === 0 ? conv("1", at, [channels, wide], 1, strides) : at;
      x = norm("2c", x, wide);
      if (block === 0) short = norm("1", short, wide);
      const sum = model.layer("Add", `add_${stage + 2}_${block + 1}`, [x, short]);
      at = act(`activation_${++count}`, sum);
      channels = wide;
    }
  });
  at = model.layer("GlobalAveragePooling2D", "avg_pool", at, { data_format: "channels_last" });
  model.dense("fc1000", at, [2048, 1000], "softmax");
  return model;
}

/** VGG16, 224 x 224, 1000 classes: 528 MB, of which 392 MB are the kernel of `fc1`. */
export function vgg16() {
  const model = new Keras2Model("vgg16");
  let at = model.input("input_1", [224, 224, 3]);
  let channels = 3;
  [64, 128, 256, 512, 512].forEach((width, stage) => {
    const convolutions = stage < 2 ? 2 : 3;
    for (let index = 1; index <= convolutions; index++) {
      const name = `block${stage + 1}_conv${index}`;
      at = model.conv(name, at, [channels, width], 3, 1, { activation: "relu" });
      channels = width;
    }
    at = model.layer("MaxPooling2D", `block${stage + 1}_pool`, at, POOL);
  });
  at = model.layer("Flatten", "flatten", at, { data_format: "channels_last" });
  at = model.dense("fc1", at, [25088, 4096], "relu");
  at = model.dense("fc2", at, [4096, 4096], "relu");
  model.dense("predictions", at, [4096, 1000], "softmax");
  return model;
}

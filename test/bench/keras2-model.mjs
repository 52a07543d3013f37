/**
 * Describes a Keras 2.2.4 functional model: its config and the shapes of its weights, in file order.
 * Every method takes and returns layer names.
 */
export class Keras2Model {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.layers = [];
    this.weights = [];
  }

  input(name, shape) {
    const config = { batch_input_shape: [null, ...shape], dtype: "float32", sparse: false, name };
    return this.#add("InputLayer", name, config, []);
  }

  conv(name, from, [inputs, filters], kernel, strides, options = {}) {
    const config = {
      filters,
      ...this.#window(kernel, strides, options),
      use_bias: options.bias ?? true,
    };
    this.#weight(name, "kernel", [kernel, kernel, inputs, filters]);
    if (config.use_bias) this.#weight(name, "bias", [filters]);
    return this.#add("Conv2D", name, config, [from]);
  }

  depthwise(name, from, channels, strides, options = {}) {
    const config = { ...this.#window(3, strides, options), depth_multiplier: 1, use_bias: false };
    this.#weight(name, "depthwise_kernel", [3, 3, channels, 1]);
    return this.#add("DepthwiseConv2D", name, config, [from]);
  }

  batchNorm(name, from, channels) {
    for (const role of ["gamma", "beta", "moving_mean", "moving_variance"])
      this.#weight(name, role, [channels]);
    const config = { axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true };
    return this.#add("BatchNormalization", name, config, [from]);
  }

  dense(name, from, [inputs, units], activation) {
    this.#weight(name, "kernel", [inputs, units]);
    this.#weight(name, "bias", [units]);
    return this.#add("Dense", name, { units, activation, use_bias: true }, [from]);
  }

  /** A layer without weights. */
  layer(className, name, from, config = {}) {
    return this.#add(className, name, config, [from].flat());
  }

  /** The whole `model_config`. */
  config() {
    const last = this.layers[this.layers.length - 1].name;
    const ends = {
      input_layers: [[this.layers[0].name, 0, 0]],
      output_layers: [[last, 0, 0]],
    };
    return { class_name: "Model", config: { name: this.name, layers: this.layers, ...ends } };
  }

  #window(kernel, strides, options) {
    return {
      kernel_size: [kernel, kernel],
      strides: [strides, strides],
      padding: options.padding ?? "same",
      data_format: "channels_last",
      dilation_rate: [1, 1],
      activation: options.activation ?? "linear",
    };
  }

  #weight(layer, role, shape) {
    this.weights.push({ layer, role, shape });
  }

  #add(className, name, config, from) {
    const inbound = from.length > 0 ? [from.map((layer) => [layer, 0, 0, {}])] : [];
    this.layers.push({
      name,
      class_name: className,
      config: className === "InputLayer" ? config : { name, trainable: true, ...config },
      inbound_nodes: inbound,
    });
    return name;
  }
}

import { isJsonList, isJsonObject, type Json } from "../../../json.ts";
import type { Dialect } from "../../../sources/keras/layer-spec.ts";
import type { Argument, CallConfig, LayerConfig } from "../../../sources/keras/topology.ts";
import type { Operation } from "../translation/words.ts";

/**
 * An operation that tf.keras wraps in a `TFOpLambda`, or one of Keras 3 itself, as Keras 3 writes it; undefined for other layers and for
 * operations that are not known. What it means is held to what it meant like that of every layer.
 *
 * @see keras/src/ops/numpy.py, keras/src/ops/nn.py (3)
 */
export function keras3Operation(layer: LayerConfig, dialect: Dialect): Operation | undefined {
  const { name, className, config, calls } = layer;
  if (LAMBDAS.has(className)) return ofTensorFlow(layer);
  const module = dialect.generation === 3 && !("trainable" in layer.json) && moduleOf(className);
  return module ? { className, module, config: { ...config, name }, calls } : undefined;
}

const LAMBDAS: ReadonlySet<string> = new Set(["TFOpLambda", "SlicingOpLambda"]);

function ofTensorFlow({ name, config, calls }: LayerConfig): Operation | undefined {
  if (typeof config.function !== "string") return undefined;
  const found = FUNCTIONS.get(config.function.slice(config.function.lastIndexOf(".") + 1));
  const [call] = calls;
  if (found === undefined || call === undefined || calls.length > 1) return undefined;
  const { className, module, inputs, settings } = found;
  const args = inputs === "list" ? call.args : operands(call, inputs);
  if (inputs !== "list" && args.length !== inputs.length) return undefined;
  const own = Object.entries(settings).flatMap(([key, from]) => {
    const value = call.kwargs[from] ?? null;
    return value === null ? [] : [[key, value] as const];
  });
  const only = { args, keywords: new Map(), kwargs: {} };
  return { className, module, config: { name, ...Object.fromEntries(own) }, calls: [only] };
}

/** What stands under these names or in this order: tensors and literals. */
function operands(call: CallConfig, inputs: readonly string[]): readonly Argument[] {
  return inputs.flatMap((name, index): readonly Argument[] => {
    const positional = call.args[index];
    if (positional !== undefined) return [positional];
    const [address] = call.keywords.get(name) ?? [];
    if (address !== undefined) return [{ kind: "tensor", address }];
    const value: Json | undefined = call.kwargs[name];
    if (value === undefined || value === null) return [];
    return [{ kind: "literal", value: name === "slice_spec" ? sliceKey(value) : literal(value) }];
  });
}

/** Lists of numbers are arrays. */
function literal(value: Json): Json {
  if (!isJsonList(value)) return value;
  return { class_name: "__numpy__", config: { value, dtype: "float32" } };
}

function sliceKey(spec: Json): Json {
  if (isJsonList(spec)) return spec.map(sliceKey);
  if (!isJsonObject(spec)) return spec;
  if (spec.class_name !== undefined) return { ...spec, config: {} };
  const { start = null, stop = null, step = null } = spec;
  return { class_name: "__slice__", config: { start, stop, step } };
}

interface Said {
  readonly className: string;
  readonly module: string;
  /** Names of the operands in TensorFlow, in order; `list` for any number of tensors. */
  readonly inputs: readonly string[] | "list";
  /** Settings in Keras 3, and what they are called in TensorFlow. */
  readonly settings: Readonly<Record<string, string>>;
}

const NUMPY = "keras.src.ops.numpy";
const NN = "keras.src.ops.nn";

function said(
  module: string,
  inputs: Said["inputs"],
  settings: Said["settings"],
  words: string,
): readonly (readonly [string, Said])[] {
  return words.split(" ").map((pair) => {
    const [name = "", className = ""] = pair.split("=");
    return [name, { className, module, inputs, settings }] as const;
  });
}

const REDUCED = { axis: "axis", keepdims: "keepdims" };

/** The last part of TensorFlow's name, and Keras 3's operation. */
const FUNCTIONS: ReadonlyMap<string, Said> = new Map([
  ...said(
    NUMPY,
    ["x", "y"],
    {},
    "add=Add subtract=Subtract sub=Subtract multiply=Multiply mul=Multiply truediv=TrueDivide divide=TrueDivide pow=Power maximum=Maximum minimum=Minimum",
  ),
  ...said(
    NUMPY,
    ["x"],
    {},
    "exp=Exp sqrt=Sqrt square=Square abs=Absolute log=Log negative=Negative sign=Sign tanh=Tanh",
  ),
  ...said(NN, ["x"], {}, "sigmoid=Sigmoid"),
  ...said(
    NN,
    ["features"],
    {},
    "relu=Relu relu6=Relu6 silu=Silu swish=Silu elu=Elu selu=Selu softplus=Softplus",
  ),
  ...said(NN, ["features"], { negative_slope: "alpha" }, "leaky_relu=LeakyRelu"),
  ...said(NN, ["logits"], { axis: "axis" }, "softmax=Softmax"),
  ...said(NUMPY, ["t"], { x_min: "clip_value_min", x_max: "clip_value_max" }, "clip_by_value=Clip"),
  ...said(NN, ["features"], { approximate: "approximate" }, "gelu=Gelu"),
  ...said(
    NUMPY,
    ["input_tensor"],
    REDUCED,
    "reduce_mean=Mean reduce_sum=Sum reduce_max=Max reduce_min=Min",
  ),
  ...said(NUMPY, ["tensor"], { newshape: "shape" }, "reshape=Reshape"),
  ...said(NUMPY, ["a"], { axes: "perm" }, "transpose=Transpose"),
  ...said(NUMPY, ["input"], { axis: "axis" }, "expand_dims=ExpandDims squeeze=Squeeze"),
  ...said(NUMPY, "list", { axis: "axis" }, "concat=Concatenate stack=Stack"),
  ...said(NUMPY, ["value", "bias"], {}, "bias_add=Add"),
  ...said(NUMPY, ["tensor", "slice_spec"], {}, "getitem=GetItem"),
]);

/** Where an operation of Keras 3 is defined, which its HDF5 files leave out. */
function moduleOf(className: string): string | undefined {
  if (NN_CLASSES.has(className)) return NN;
  return NUMPY_CLASSES.has(className) ? NUMPY : undefined;
}

const NN_CLASSES: ReadonlySet<string> = new Set(
  "Celu Elu Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid LogSoftmax Relu Relu6 Selu Sigmoid Silu SoftShrink Softmax Softplus Softsign SparsePlus Sparsemax Squareplus TanhShrink Threshold".split(
    " ",
  ),
);

const NUMPY_CLASSES: ReadonlySet<string> = new Set(
  "Absolute Add Any Clip Concatenate Divide Exp ExpandDims Flip GetItem Log LogicalAnd LogicalOr Max Maximum Mean Min Minimum Moveaxis Multiply Negative NotEqual Pad Power Repeat Reshape Sign Sqrt Square Squeeze Stack Subtract Sum Swapaxes Tanh Tile Transpose TrueDivide".split(
    " ",
  ),
);

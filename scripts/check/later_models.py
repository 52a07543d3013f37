"""Models that tf.keras 2.15 knows and Keras 2.2.4 does not, made by Keras 3: every layer, function, loss and optimizer that came between.

Argument: a folder. Writes a folder for each model: `model.keras`, and its predictions as cases of the fixtures have them. Those that
were trained have the losses of two more steps in `steps.json`. Prints the names.
"""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
warnings.filterwarnings("ignore")

import keras
import numpy as np
from keras import layers as L

FOLDER = sys.argv[1]
RANDOM = np.random.default_rng(7)


def whole(high):
    return lambda shape: RANDOM.integers(0, high, shape).astype(np.float32)


def normal(shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def pixels(shape):
    return (RANDOM.random(shape) * 255).astype(np.float32)


def chain(shape, *layers, draw=normal):
    return keras.Sequential([keras.Input(shape), *layers]), [draw((3, *shape))]


def functional(shapes, build, draw=normal):
    inputs = [keras.Input(shape) for shape in shapes]
    model = keras.Model(inputs if len(inputs) > 1 else inputs[0], build(*inputs))
    return model, [draw((3, *shape)) for shape in shapes]


def shared(x, y):
    dense, norm = L.Dense(4, "gelu", name="shared"), L.LayerNormalization(name="shared_norm")
    return L.Add()([norm(dense(x)), norm(dense(y))])


def block(x):
    attended = L.MultiHeadAttention(2, 3, name="attention")(x, x)
    x = L.LayerNormalization()(L.Add()([x, attended]))
    hidden = L.Dense(6)(L.Dense(8, "gelu")(x))
    return L.LayerNormalization()(L.Add()([x, hidden]))


def nested(x):
    inner = keras.Sequential([keras.Input((6,)), L.Dense(5, "swish"), L.LayerNormalization()], name="inner")
    outer = keras.Sequential([keras.Input((6,)), L.Dense(6), inner], name="outer")
    return outer(x)


def frozen(x):
    inner_input = keras.Input((4, 6))
    inner = keras.Model(inner_input, block(inner_input), name="base")
    inner.trainable = False
    return L.Dense(2)(L.GlobalAveragePooling1D()(inner(x)))


def cross(x, y):
    return L.MultiHeadAttention(2, 3, value_dim=4, output_shape=5)(x, y, use_causal_mask=True)


def pooled(x):
    return L.GlobalAveragePooling2D(keepdims=True)(L.GlobalMaxPooling2D(keepdims=True)(x))


ACTIVATIONS = ["gelu", "mish", "silu", "swish", "leaky_relu", "relu6", "hard_sigmoid"]
PICTURE = (8, 9, 3)

MODELS = {
    "additive_attention": lambda: functional([(4, 6), (5, 6)], lambda x, y: L.AdditiveAttention()([x, y])),
    "attention": lambda: functional(
        [(4, 6), (5, 6)], lambda x, y: L.Attention(use_scale=True, score_mode="concat")([x, y])
    ),
    "batch_norm_groups": lambda: chain((6, 6, 4), L.Conv2D(4, 3, groups=2), L.BatchNormalization()),
    "block": lambda: functional([(4, 6)], block),
    "category_encoding": lambda: chain((4,), L.CategoryEncoding(6, "multi_hot"), draw=whole(6)),
    "center_crop": lambda: chain(PICTURE, L.CenterCrop(5, 4)),
    "conv1d_transpose": lambda: chain((6, 3), L.Conv1DTranspose(4, 3, strides=2, padding="same")),
    "conv_lstm_1d": lambda: chain((3, 6, 2), L.ConvLSTM1D(3, 2, return_sequences=True)),
    "conv_lstm_3d": lambda: chain((2, 4, 4, 4, 2), L.ConvLSTM3D(2, 2)),
    "cross_attention": lambda: functional([(4, 6), (5, 7)], cross),
    "depthwise_conv1d": lambda: chain((6, 3), L.DepthwiseConv1D(3, depth_multiplier=2, strides=2)),
    "discretization": lambda: chain((4,), L.Discretization([-0.5, 0.0, 0.7]), L.Rescaling(0.5)),
    "einsum_dense": lambda: chain(
        (4, 6), L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation="gelu")
    ),
    "frozen": lambda: functional([(4, 6)], frozen),
    "group_normalization": lambda: chain((4, 4, 6), L.GroupNormalization(3), L.GroupNormalization(-1, epsilon=0.01)),
    "gru": lambda: chain((4, 3), L.GRU(4, "gelu", recurrent_activation="hard_sigmoid", return_sequences=True)),
    "identity": lambda: chain((4,), L.Identity(), L.Dense(2, "mish")),
    "keepdims": lambda: functional([PICTURE], pooled),
    "layer_normalization": lambda: chain((4, 6), L.LayerNormalization(axis=(1, 2), scale=False), L.LayerNormalization()),
    "nested": lambda: functional([(6,)], nested),
    "normalization": lambda: chain((4,), L.Normalization(), L.Normalization(mean=0.5, variance=2.0, invert=True)),
    "orthogonal": lambda: chain(
        (5,), L.Dense(5, "gelu", kernel_initializer="orthogonal", kernel_regularizer=keras.regularizers.OrthogonalRegularizer())
    ),
    "random": lambda: chain(
        PICTURE,
        L.RandomFlip("horizontal", seed=3),
        L.RandomRotation(0.1),
        L.RandomZoom(0.2, fill_mode="nearest"),
        L.RandomTranslation(0.1, 0.2),
        L.RandomContrast(0.2),
        L.RandomBrightness(0.2),
        L.Rescaling(1 / 127.5, offset=-1),
        L.Conv2D(2, 3),
        draw=pixels,
    ),
    "rescaling": lambda: chain(PICTURE, L.Rescaling([0.1, 0.2, 0.3], offset=[1.0, 2.0, 3.0]), draw=pixels),
    "resizing": lambda: chain(PICTURE, L.Resizing(5, 12, "bilinear"), L.Resizing(6, 6, "nearest"), L.Resizing(9, 7, "bicubic")),
    "resizing_crop": lambda: chain(PICTURE, L.Resizing(5, 7, crop_to_aspect_ratio=True)),
    "separable_activation": lambda: chain(PICTURE, L.SeparableConv2D(4, 3, activation="silu"), L.UpSampling2D(2, interpolation="bilinear")),
    "shared": lambda: functional([(6,), (6,)], shared),
    "spectral": lambda: chain((6,), L.SpectralNormalization(L.Dense(4)), L.Dense(2, "gelu")),
    "states": lambda: functional(
        [(4, 3), (5,)], lambda x, state: L.Dense(2, "gelu")(L.GRU(5)(x, initial_state=state))
    ),
    "bidirectional": lambda: chain(
        (4, 3), L.Bidirectional(L.LSTM(3, return_sequences=True), backward_layer=L.GRU(3, return_sequences=True, go_backwards=True)), L.Dense(2, "gelu")
    ),
    "time_distributed": lambda: chain((4, 6), L.TimeDistributed(L.Dense(3, "gelu")), L.TimeDistributed(L.LayerNormalization())),
    "unit_normalization": lambda: chain((4, 6), L.UnitNormalization(), L.Conv1D(2, 2)),
    "mixed": lambda: chain((6,), L.Dense(4, "gelu", dtype="mixed_bfloat16"), L.Dense(2, dtype="float32")),
    **{f"function_{name}": (lambda name=name: chain((5,), L.Dense(4), L.Activation(name), L.LayerNormalization())) for name in ACTIVATIONS},
}

# Without Nadam, whose running product tf.keras 2.15 does not save.
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "sgd_plain": lambda: keras.optimizers.SGD(0.05),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.002, momentum=0.5, centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.01),
    "adadelta": lambda: keras.optimizers.Adadelta(0.5),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.02),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "clipped": lambda: keras.optimizers.Adam(0.01, clipnorm=0.1),
    "scheduled": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 2, 0.5)),
}

LOSSES = {
    "smoothed": lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    "logits": lambda: keras.losses.CategoricalCrossentropy(from_logits=True),
    "sparse": lambda: keras.losses.SparseCategoricalCrossentropy(),
    "focal": lambda: keras.losses.CategoricalFocalCrossentropy(alpha=0.3),
    "binary_focal": lambda: keras.losses.BinaryFocalCrossentropy(gamma=1.5),
    "huber": lambda: keras.losses.Huber(),
    "cosine": lambda: keras.losses.CosineSimilarity(),
    "log_cosh": lambda: "log_cosh",
}


def learner():
    return keras.Sequential(
        [keras.Input((6,)), L.Dense(5, "gelu"), L.LayerNormalization(), L.BatchNormalization(), L.Dense(4, "softmax")]
    )


def losses_of(model, x, y):
    return [float(np.ravel(model.train_on_batch(x, y))[0]) for _ in range(2)]


def trained(optimizer, loss):
    keras.utils.set_random_seed(5)
    model = learner()
    model.compile(optimizer, loss, metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(2)])
    x, classes = normal((12, 6)), RANDOM.integers(0, 4, 12)
    y = classes if "sparse" in str(loss) else np.eye(4, dtype=np.float32)[classes]
    if "sparse" in getattr(loss, "name", ""):
        model.compile(optimizer, loss, metrics=["accuracy"])
        y = classes
    losses_of(model, x, y)
    return model, x, np.asarray(y, np.float32)


def randomise(model):
    """So that no weight is where it began."""
    for weight in model.weights:
        if "seed" in weight.path or "int" in str(weight.dtype):
            continue
        # Variances stay positive.
        weight.assign(0.5 * np.abs(normal(weight.shape)) + 0.1 if "variance" in weight.path else 0.5 * normal(weight.shape) + 0.1)
    for layer in model.layers:
        if isinstance(layer, L.Normalization):
            layer.finalize_state()


def numbers(variables):
    """Not what random layers and counters keep."""
    return [one.numpy() for one in variables if "float" in str(one.dtype)]


def write(name, model, inputs, steps=None):
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    arrays = {"inputs": inputs, "outputs": [keras.ops.convert_to_numpy(keras.ops.cast(one, "float32")) for one in outputs]}
    case = {"tolerance": {"abs": 0.02 if name == "mixed" else 1e-5, "rel": 1e-5}}
    for kind, list_ in arrays.items():
        case[kind] = []
        for at, array in enumerate(list_):
            np.ascontiguousarray(array, np.float32).tofile(os.path.join(folder, f"{kind}_{at}.bin"))
            case[kind].append({"file": f"{kind}_{at}.bin", "shape": list(array.shape)})
    with open(os.path.join(folder, "case.json"), "w") as file:
        json.dump(case, file)
    np.savez(os.path.join(folder, "weights.npz"), *numbers(model.weights))
    if steps is not None:
        x, y = steps
        np.savez(os.path.join(folder, "state.npz"), *[one for one in numbers(model.optimizer.variables) if one.ndim > 0])
        np.savez(os.path.join(folder, "data.npz"), x=x, y=y)
        with open(os.path.join(folder, "steps.json"), "w") as file:
            json.dump(losses_of(model, x, y), file)
    print(name, flush=True)


for name, build in MODELS.items():
    keras.utils.set_random_seed(11)
    model, inputs = build()
    randomise(model)
    write(name, model, inputs)
for name, make in OPTIMIZERS.items():
    model, x, y = trained(make(), "categorical_crossentropy")
    write(f"optimizer_{name}", model, [x], (x, y))
for name, make in LOSSES.items():
    model, x, y = trained(keras.optimizers.Adam(0.01), make())
    write(f"loss_{name}", model, [x], (x, y))

"""Trains nothing: makes small models in many ways of stating a loss, and says what `evaluate` of the installed Keras gives for random pictures.

evaluate.py FOLDER SEED; writes models and folders of pictures, and prints JSON.
"""

import json
import os
import struct
import sys
import zlib

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
from keras import layers, regularizers

folder, seed = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(seed)
keras.utils.set_random_seed(seed)
losses, SIZE, COUNT = keras.losses, 12, 37


def png(pixels):
    """One picture of 8 bits, gray or of three colours."""
    height, width, channels = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    made = [struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def pictures(classes, channels):
    """A folder with one subfolder for each class, and the same as arrays in the order of files."""
    path = os.path.join(folder, f"pictures_{classes}_{channels}")
    labels = np.sort(random.integers(0, classes, COUNT))
    pixels = random.integers(0, 256, (COUNT, SIZE, SIZE, channels), dtype=np.uint8)
    for index, (label, picture) in enumerate(zip(labels, pixels)):
        os.makedirs(os.path.join(path, f"class {label}"), exist_ok=True)
        with open(os.path.join(path, f"class {label}", f"{index:03}.png"), "wb") as file:
            file.write(png(picture))
    return path, pixels.astype("float32") / 255, labels


def body(channels=3, regularizer=None, trainable=True):
    """The layers up to the features."""
    return [
        keras.Input((SIZE, SIZE, channels)),
        layers.Conv2D(6, 3, activation="relu", kernel_regularizer=regularizer, trainable=trainable),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(3, depthwise_regularizer=regularizer, bias_regularizer=regularizer),
        layers.GlobalAveragePooling2D(),
    ]


def head(units, activation, sharpness=3.0, **settings):
    """Scores that are far from equal; the sharper, the nearer to 0 and 1."""
    start = keras.initializers.RandomNormal(stddev=sharpness, seed=seed)
    return layers.Dense(units, activation=activation, kernel_initializer=start, **settings)


L2, L1L2 = regularizers.L2(0.01), regularizers.L1L2(0.003, 0.02)
SMOOTH = {"label_smoothing": 0.1}


def nested():
    base = keras.Sequential(body(regularizer=L1L2), name="base")
    base.trainable = False
    return [keras.Input((SIZE, SIZE, 3)), base, head(3, "softmax", kernel_regularizer=L2)]


CASES = {
    "softmax": (lambda: [*body(), head(3, "softmax")], "categorical_crossentropy"),
    "softmax_l2": (lambda: [*body(regularizer=L2), head(3, "softmax")], "categorical_crossentropy"),
    "softmax_layer": (lambda: [*body(), head(3, None, 400.0), layers.Softmax()], "categorical_crossentropy"),
    "softmax_activation": (lambda: [*body(), head(3, None, 400.0), layers.Activation("softmax")], losses.CategoricalCrossentropy()),
    "softmax_sharp": (lambda: [*body(), head(3, "softmax", 400.0)], "categorical_crossentropy"),
    "softmax_reshaped": (lambda: [*body(), head(3, "softmax", 400.0), layers.Reshape((3,))], "categorical_crossentropy"),
    "sparse": (lambda: [*body(), head(3, "softmax")], "sparse_categorical_crossentropy"),
    "sparse_sharp": (lambda: [*body(), head(3, "softmax", 400.0)], "sparse_categorical_crossentropy"),
    "sparse_reshaped": (lambda: [*body(), head(3, "softmax", 400.0), layers.Reshape((3,))], "sparse_categorical_crossentropy"),
    "logits": (lambda: [*body(), head(3, None)], losses.CategoricalCrossentropy(from_logits=True)),
    "logits_sharp": (lambda: [*body(), head(3, None, 400.0)], losses.CategoricalCrossentropy(from_logits=True)),
    "logits_sparse": (lambda: [*body(), head(3, None)], losses.SparseCategoricalCrossentropy(from_logits=True)),
    "smooth": (lambda: [*body(), head(3, "softmax")], losses.CategoricalCrossentropy(**SMOOTH)),
    "smooth_logits": (lambda: [*body(), head(3, None)], losses.CategoricalCrossentropy(from_logits=True, **SMOOTH)),
    "sigmoid": (lambda: [*body(), head(1, "sigmoid")], "binary_crossentropy"),
    "sigmoid_sharp": (lambda: [*body(), head(1, "sigmoid", 400.0)], "binary_crossentropy"),
    "sigmoid_reshaped": (lambda: [*body(), head(1, "sigmoid", 400.0), layers.Reshape((1,))], "binary_crossentropy"),
    "sigmoid_smooth": (lambda: [*body(), head(1, "sigmoid")], losses.BinaryCrossentropy(**SMOOTH)),
    "sigmoid_logits": (lambda: [*body(), head(1, None)], losses.BinaryCrossentropy(from_logits=True)),
    "sigmoid_logits_smooth": (lambda: [*body(), head(1, None)], losses.BinaryCrossentropy(from_logits=True, **SMOOTH)),
    "binary_of_three": (lambda: [*body(), head(3, "sigmoid")], "binary_crossentropy"),
    "squares": (lambda: [*body(), head(3, "softmax")], "mse"),
    "absolute": (lambda: [*body(), head(3, "softmax")], "mean_absolute_error"),
    "gray_l1": (lambda: [*body(1, regularizers.L1(0.01)), head(3, "softmax")], "categorical_crossentropy"),
    "frozen": (lambda: [*body(regularizer=L1L2, trainable=False), head(3, "softmax")], "categorical_crossentropy"),
    "frozen_base": (nested, "categorical_crossentropy"),
    "activity": (lambda: [*body(), head(3, "softmax", activity_regularizer=L2)], "categorical_crossentropy"),
    "activity_layer": (lambda: [*body(), layers.ActivityRegularization(0.1, 0.01), head(3, "softmax")], "categorical_crossentropy"),
    "activity_of_steps": (lambda: [*body(), layers.Reshape((3, 2)), layers.TimeDistributed(layers.Dense(2, activity_regularizer=L1L2)), layers.Flatten(), head(3, "softmax")], "categorical_crossentropy"),
}


def measure(name, make, loss, data, ending):
    model = keras.Sequential(make())
    channels, outputs = model.input_shape[-1], model.output_shape[-1]
    path, x, labels = data(max(2, outputs), channels)
    # Normalisations that are not those of a new model.
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    model.compile(optimizer="sgd", loss=loss)
    sparse = outputs == 1 or "sparse" in name
    y = labels.reshape(-1, 1) if sparse else keras.utils.to_categorical(labels, outputs)
    value = model.evaluate(x, y.astype("float32"), batch_size=8, verbose=0)
    scores = model.predict(x, verbose=0)
    middle = 0 if "logits" in name else 0.5
    predicted = (scores[:, 0] > middle) if outputs == 1 else scores.argmax(1)
    file = os.path.join(folder, f"{name}{ending}")
    model.save(file)
    return {
        "name": f"{name}{ending}",
        "model": file,
        "pictures": path,
        "loss": float(value),
        "accuracy": float((predicted == labels).mean()),
        "warns": False,
    }


made = {}


def data(classes, channels):
    key = (classes, channels)
    if key not in made:
        made[key] = pictures(*key)
    return made[key]


cases = []
for index, (name, (make, loss)) in enumerate(CASES.items()):
    for ending in [".h5", ".keras"] if index % 4 == 0 else [".keras" if index % 2 else ".h5"]:
        cases.append(measure(name, make, loss, data, ending))
print(json.dumps({"keras": keras.__version__, "cases": cases}))

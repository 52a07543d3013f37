"""Pictures transformed, parameters drawn and numbers standardized by Keras' ImageDataGenerator.

usage: augment.py FOLDER SEED COUNT     writes the pictures to FOLDER and prints one JSON document
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import warnings

warnings.simplefilter("ignore")
import numpy as np
import PIL
import scipy

try:
    import keras_preprocessing
    from keras_preprocessing.image import ImageDataGenerator

    program = "keras-preprocessing " + keras_preprocessing.__version__
    numbers = tuple(int(part) for part in keras_preprocessing.__version__.split("."))
    version = "keras-preprocessing" if numbers < (1, 1, 1) else "keras-preprocessing-1.1.1"
except ImportError:
    import keras
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    program = "Keras " + keras.__version__
    version = "keras-2.9"

folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = np.random.RandomState(seed)
written = 0


def write(array):
    global written
    name = "%d.bin" % written
    written += 1
    array.astype("<f4").tofile(os.path.join(folder, name))
    return name


def picture():
    height, width = [int(random.choice([1, 2, 3, 7, 16, 31, 48, 64])) for _ in range(2)]
    channels = int(random.choice([1, 3, 3, 3, 4]))
    x = random.randint(0, 256, (height, width, channels)).astype("f4")
    if random.rand() < 0.5:
        x = np.round(x * random.rand())
    return x


def parameters(height, width):
    made = {}
    maybe = lambda chance: random.rand() < chance
    if maybe(0.5):
        made["theta"] = float(random.choice([random.uniform(-180, 180), 90.0, 180.0, -90.0, 30.0]))
    if maybe(0.5):
        made["tx"] = float(random.choice([random.uniform(-3, 3) * height, random.randint(-height, height + 1), 1.0]))
        made["ty"] = float(random.choice([random.uniform(-1, 1) * width, random.randint(-width, width + 1), -1.0]))
    if maybe(0.4):
        made["shear"] = float(random.uniform(-60, 60))
    if maybe(0.4):
        made["zx"], made["zy"] = [float(z) for z in random.uniform(0.3, 2.5, 2)]
    if maybe(0.3):
        made["flip_horizontal"] = True
    if maybe(0.3):
        made["flip_vertical"] = True
    # It keeps to the extremes, which in a small picture may be a single place on the edge.
    if maybe(0.3) and height * width > 500:
        made["channel_shift_intensity"] = float(random.uniform(-200, 200))
    if maybe(0.3):
        made["brightness"] = float(random.choice([random.uniform(0, 2.5), 1.0, 0.0, 0.5]))
    return made


def transforms():
    for _ in range(count):
        x = picture()
        mode = str(random.choice(["constant", "nearest", "reflect", "wrap"]))
        made = parameters(*x.shape[:2])
        # Brightness stretches by the extremes, and a single place of cval on the edge would be one.
        cval = float(random.choice([0, 255, 17.5] if "brightness" in made else [0, 255, 17.5, -30, 300]))
        generator = ImageDataGenerator(fill_mode=mode, cval=cval, data_format="channels_last", dtype="float32")
        y = generator.apply_transform(x, dict(made))
        yield {"shape": x.shape, "input": write(x), "output": write(y), "fill_mode": mode, "cval": cval, "parameters": made}


SETTINGS = [
    {"rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.1, "shear_range": 0.2, "zoom_range": 0.2,
     "channel_shift_range": 10.0, "horizontal_flip": True},
    {"width_shift_range": 5, "height_shift_range": [-3, 1, 2], "zoom_range": [0.5, 1.0], "brightness_range": [0.5, 1.5], "vertical_flip": True},
    {"width_shift_range": [-0.1, 0.2], "height_shift_range": 7.5, "shear_range": 15},
    {"width_shift_range": 1, "height_shift_range": 1.0},
    {},
]
DRAWS = 20000


def draws():
    for settings in SETTINGS:
        generator = ImageDataGenerator(data_format="channels_last", dtype="float32", **settings)
        np.random.seed(seed)
        rows = [generator.get_random_transform((40, 60, 3)) for _ in range(DRAWS)]
        numbers = {name: [0.0 if row[name] is None else float(row[name]) for row in rows] for name in rows[0]}
        yield {"settings": settings, "columns": {name: write(np.array(column)) for name, column in numbers.items()}}


def standardized():
    for settings in [{"samplewise_center": True}, {"samplewise_std_normalization": True}, {"rescale": 1 / 255.0, "samplewise_center": True},
                     {"rescale": 1 / 127.5}]:
        x = random.randint(0, 256, (12, 9, 3)).astype("f4")
        generator = ImageDataGenerator(data_format="channels_last", dtype="float32", **settings)
        yield {"settings": settings, "shape": x.shape, "input": write(x), "output": write(generator.standardize(x.copy()))}


json.dump({"program": "%s, scipy %s, Pillow %s" % (program, scipy.__version__, PIL.__version__), "version": version,
           "transforms": list(transforms()), "draws": list(draws()), "standardized": list(standardized())}, sys.stdout)

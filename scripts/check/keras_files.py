"""Loads files that kc upgrade wrote with the Keras that is installed, and compares predictions with the stored ones.

Arguments: a JSON file that lists {model, case}. Prints one JSON line for each.
"""

import gzip
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


def read(folder, array):
    path = os.path.join(folder, array["file"])
    raw = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
    return np.frombuffer(raw, np.float32).reshape(array["shape"])


def worst(entry):
    with open(os.path.join(entry["case"], "case.json")) as file:
        case = json.load(file)
    inputs = [read(entry["case"], array) for array in case["inputs"]]
    model = keras.models.load_model(entry["model"])
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    expected = [read(entry["case"], array) for array in case["outputs"]]
    if len(outputs) != len(expected):
        return "%d outputs, expected %d" % (len(outputs), len(expected))
    tolerance = case["tolerance"]
    for output, right in zip(outputs, expected):
        got = np.asarray(keras.ops.convert_to_numpy(output), np.float64)
        off = np.abs(got - right) - tolerance["rel"] * np.abs(right)
        # The backends differ by some float32 digits.
        if right.size and np.nanmax(off) > 3 * tolerance["abs"]:
            return "differs by %g" % np.nanmax(off)
    return None


with open(sys.argv[1]) as file:
    entries = json.load(file)
for entry in entries:
    try:
        problem = worst(entry)
    except Exception as error:
        problem = "%s: %s" % (type(error).__name__, str(error)[-300:])
    print(json.dumps({"case": entry["name"], "problem": problem}), flush=True)

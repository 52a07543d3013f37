"""Loads files that kc wrote with the Keras that is installed, and lets it say whether they are right.

Arguments: the peer (keras3, tf.keras or keras2), and a JSON file that lists what to load:
{name, model, case}: predictions must be those stored with the case;
{name, model, original}: weights must be those of another file, bit for bit;
{name, model, run, data, tolerance}: two more steps of training must give the losses that are stored with the run;
{name, model, later}: weights and the optimizer's state must be the numbers that `later_models.py` stored, and two more steps of training give its losses.
Prints one JSON line for each; those whose other file this Keras cannot load are skipped.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import numpy as np

PEER = sys.argv[1]
if PEER == "tf.keras":
    from tensorflow import keras
else:
    import keras

BATCH, STEPS_DONE = 8, 3

# Steps are compared digit by digit: several threads add in other orders.
if PEER == "keras2":
    import tensorflow

    ONE_THREAD = tensorflow.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
if PEER == "tf.keras":
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def relu6(x):
    return keras.backend.relu(x, max_value=6)


def load(path):
    if PEER == "keras3":
        return keras.models.load_model(path)
    keras.backend.clear_session()
    if PEER == "keras2":
        keras.backend.set_session(tensorflow.Session(config=ONE_THREAD))
    # What the stand-alone Keras of the time called by these names.
    known = {"relu6": relu6, "fixture_relu6": relu6, "DepthwiseConv2D": keras.layers.DepthwiseConv2D}
    return keras.models.load_model(path, custom_objects=known)


def numbers(path):
    raw = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
    return np.frombuffer(raw, np.float32)


def predictions(model, inputs):
    given = inputs if len(inputs) > 1 else inputs[0]
    if PEER == "keras2":
        outputs = model.predict(given, batch_size=inputs[0].shape[0])
    else:
        outputs = model(given, training=False)
    outputs = list(outputs.values()) if isinstance(outputs, dict) else outputs
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(output, np.float64) for output in outputs]


def wrong_predictions(model, folder):
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    read = lambda array: numbers(os.path.join(folder, array["file"])).reshape(array["shape"])
    outputs = predictions(model, [read(array) for array in case["inputs"]])
    expected = [read(array) for array in case["outputs"]]
    if len(outputs) != len(expected):
        return "%d outputs, expected %d" % (len(outputs), len(expected))
    tolerance = case["tolerance"]
    for got, right in zip(outputs, expected):
        # Core ML has an axis of steps where Keras has pooled it away.
        if got.size == right.size:
            got = got.reshape(right.shape)
        if got.shape != right.shape:
            return "is %s, expected %s" % (got.shape, right.shape)
        off = np.abs(got - right) - tolerance["rel"] * np.abs(right)
        # The backends differ by some float32 digits.
        if right.size and not np.nanmax(off) <= 3 * tolerance["abs"]:
            return "differs by %g" % np.nanmax(off)
    return None


def wrong_weights(model, original):
    # Loading the other clears what this one lives in.
    after = model.get_weights()
    before = load(original).get_weights()
    if len(before) != len(after):
        return "%d weights, expected %d" % (len(after), len(before))
    same = [a.tobytes() == b.tobytes() for a, b in zip(before, after)]
    return None if all(same) else "%d of %d weights differ" % (same.count(False), len(same))


def wrong_steps(model, run, data, tolerance):
    with open(os.path.join(run, "steps.json")) as file:
        steps = json.load(file)
    with open(os.path.join(data, "data.json")) as file:
        labels = np.array(json.load(file)["labels"])
    images = numbers(os.path.join(data, "images.bin")).reshape(-1, 12, 12, 3)
    loss = steps.get("loss", "categorical_crossentropy")
    targets = np.eye(4, dtype=np.float32)[labels]
    if loss.startswith("sparse"):
        targets = labels[:, None].astype(np.float32)
    if loss == "binary_crossentropy":
        targets = (labels == 0).astype(np.float32)[:, None]
    expected = steps.get("resumed_steps") or steps["steps"][STEPS_DONE:]
    for index, right in enumerate(expected):
        start = BATCH * (STEPS_DONE + index) % len(images)
        part = slice(start, start + BATCH)
        got = float(model.train_on_batch(images[part], targets[part])[0])
        if not abs(got - right["loss"]) <= tolerance * abs(right["loss"]):
            return "loss %.7g at step %d, expected %.7g" % (got, right["step"], right["loss"])
    return None


def held(variables):
    return {one.numpy().tobytes() for one in variables if one.dtype.is_floating and one.shape.rank > 0}


def wrong_numbers(kind, variables, folder):
    stored = np.load(os.path.join(folder, kind + ".npz"))
    missing = [name for name in stored.files if stored[name].ndim > 0 and stored[name].tobytes() not in held(variables)]
    return "%d of %d arrays of its %s differ" % (len(missing), len(stored.files), kind) if missing else None


def wrong_later(model, folder, scaled):
    # Weights that are scaled on purpose are not the same numbers.
    found = None if scaled else wrong_numbers("weights", model.weights, folder)
    if found is not None or not os.path.exists(os.path.join(folder, "steps.json")):
        return found
    state = model.optimizer.variables
    found = wrong_numbers("state", state() if callable(state) else state, folder)
    if found is not None:
        return found
    data = np.load(os.path.join(folder, "data.npz"))
    with open(os.path.join(folder, "steps.json")) as file:
        for right in json.load(file):
            got = float(np.ravel(model.train_on_batch(data["x"], data["y"]))[0])
            if not abs(got - right) <= 1e-5 * abs(right):
                return "loss %.8g, expected %.8g" % (got, right)
    return None


def loadable(path):
    try:
        load(path)
        return True
    except Exception:
        return False


def problem_of(entry):
    model = load(entry["model"])
    if "case" in entry:
        found = wrong_predictions(model, entry["case"])
        if found is not None:
            return found
    if "original" in entry:
        found = wrong_weights(model, entry["original"])
        if found is not None:
            return found
    if "later" in entry:
        return wrong_later(model, entry["later"], entry["scaled"])
    if "run" in entry:
        return wrong_steps(model, entry["run"], entry["data"], entry["tolerance"])
    return None


def alone(entry):
    # TensorFlow 2.15 on processors pools channels-first wrongly once it has pooled the same shape channels-last in one process.
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([entry], file)
        file.flush()
        told = subprocess.run([sys.executable, __file__, PEER, file.name], capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["problem"]


with open(sys.argv[2]) as file:
    entries = json.load(file)
for entry in entries:
    if "original" in entry and not loadable(entry["original"]):
        print(json.dumps({"case": entry["name"], "problem": None, "skipped": True}), flush=True)
        continue
    try:
        problem = problem_of(entry)
        if problem is not None and PEER == "tf.keras" and len(entries) > 1:
            problem = alone(entry)
    except Exception as error:
        problem = "%s: %s" % (type(error).__name__, str(error)[-300:])
    print(json.dumps({"case": entry["name"], "problem": problem, "skipped": False}), flush=True)

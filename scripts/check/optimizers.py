"""Runs of Keras' own optimizers with random settings, and what becomes of them in files that kc wrote.

    python optimizers.py keras3|tf.keras|legacy make FOLDER SEED COUNT    trains, saves, goes on; writes FOLDER/runs.json and the models
    python optimizers.py keras3|tf.keras|legacy judge LIST                goes on from the models in a JSON list

A run takes eight batches: its model is saved after three, kc writes it again after five. Losses of all steps and the weights at the end
are kept, and whether Keras goes on from its own file as if nothing had been. Judging prints one JSON line for each model.
"""

import json
import os
import random
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np

PEER = sys.argv[1]
if PEER == "keras3":
    import keras
else:
    import tensorflow
    from tensorflow import keras

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

SAVED, WRITTEN, STEPS, BATCH = 3, 5, 8, 8
r = np.random.RandomState(4)
IMAGES = r.normal(0, 1, (STEPS * BATCH, 5, 5, 2)).astype(np.float32)
LABELS = np.eye(3, dtype=np.float32)[r.randint(0, 3, STEPS * BATCH)]


def maybe(rng, choices, often=0.4):
    """Settings that some runs have."""
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < often}


MOMENTS = dict(beta_1=[0.8, 0.95], beta_2=[0.9, 0.99], epsilon=[1e-3, 1e-6])
# The settings of each optimizer beside those that all have.
OWN = {
    "SGD": dict(momentum=[0.5, 0.9], nesterov=[True]),
    "RMSprop": dict(rho=[0.8], momentum=[0.5], centered=[True], epsilon=[1e-3]),
    "Adagrad": dict(initial_accumulator_value=[0.01, 0.5], epsilon=[1e-3]),
    "Adadelta": dict(rho=[0.9], epsilon=[1e-3]),
    "Adam": dict(amsgrad=[True], **MOMENTS),
    "AdamW": dict(amsgrad=[True], weight_decay=[0.1], **MOMENTS),
    "Adamax": MOMENTS,
    "Nadam": MOMENTS,
    "Ftrl": dict(learning_rate_power=[-0.7, -0.3], initial_accumulator_value=[0.4], l1_regularization_strength=[0.01], l2_regularization_strength=[0.1],
                 l2_shrinkage_regularization_strength=[0.05], beta=[0.2]),
    "Lion": dict(beta_1=[0.8], beta_2=[0.7]),
    "Lamb": MOMENTS,
}
LACKS = {"keras3": (), "tf.keras": ("Lamb",), "legacy": ("AdamW", "Lion", "Lamb")}[PEER]
# Keras 3 does not train what it loads from an HDF5 file; .keras files hold no state of legacy optimizers.
ENDINGS = {"keras3": [".keras"], "tf.keras": [".keras", ".h5"], "legacy": [".h5"]}[PEER]


def schedule_of(rng):
    """A schedule as its class and arguments."""
    first = rng.choice([0.05, 0.02])
    name, args = rng.choice([
        ("ExponentialDecay", dict(decay_steps=3, decay_rate=0.7, staircase=rng.random() < 0.5)),
        ("InverseTimeDecay", dict(decay_steps=2, decay_rate=0.5, staircase=rng.random() < 0.5)),
        ("PolynomialDecay", dict(decay_steps=rng.choice([3, 20]), end_learning_rate=0.001, power=rng.choice([1.0, 2.0, 0.5]), cycle=rng.random() < 0.5)),
        ("CosineDecay", dict(decay_steps=rng.choice([4, 30]), alpha=rng.choice([0.0, 0.1]))),
        ("CosineDecay", dict(decay_steps=5, alpha=0.05, warmup_target=0.1, warmup_steps=rng.choice([1, 3, 6]))),
        ("CosineDecayRestarts", dict(first_decay_steps=rng.choice([2, 3]), t_mul=rng.choice([1.0, 1.5, 2.0]), m_mul=rng.choice([1.0, 0.8]), alpha=0.01)),
        ("PiecewiseConstantDecay", dict(boundaries=[2, 4, 6], values=[0.05, 0.02, 0.01, 0.005])),
    ])
    return [name, args if name.startswith("Piecewise") else dict(args, initial_learning_rate=first)]


def settings_of(rng, name):
    args = maybe(rng, OWN[name])
    rate = rng.choice([0.01, 0.05])
    args["learning_rate"] = schedule_of(rng) if rng.random() < 0.35 else rate
    clips = dict(clipnorm=0.3, clipvalue=0.02, global_clipnorm=0.5)
    if rng.random() < 0.4:
        key = rng.choice(list(clips))
        args[key] = clips[key]
    if PEER == "legacy":
        if not isinstance(args["learning_rate"], list) and name != "Nadam" and rng.random() < 0.4:
            args["decay"] = 0.2
        # A legacy Nadam takes no schedule.
        if name == "Nadam":
            args["learning_rate"] = rate
        return args
    args.update(maybe(rng, dict(weight_decay=[0.05]), 0.25))
    if rng.random() < 0.4:
        args.update(use_ema=True, ema_momentum=rng.choice([0.5, 0.9]))
        args.update(maybe(rng, dict(ema_overwrite_frequency=[1, 2, 3])))
    if PEER == "keras3":
        args.update(maybe(rng, dict(gradient_accumulation_steps=[2, 3], loss_scale_factor=[3.0, 256.0]), 0.25))
    if rng.random() < 0.2:
        args.update(scales_loss=True)
        args.pop("loss_scale_factor", None)
    return args


def optimizer_of(name, args):
    module = keras.optimizers.legacy if PEER == "legacy" else keras.optimizers
    rate = args["learning_rate"]
    if isinstance(rate, list):
        rate = getattr(keras.optimizers.schedules, rate[0])(**rate[1])
    own = {key: value for key, value in args.items() if key != "scales_loss"}
    optimizer = getattr(module, name)(**dict(own, learning_rate=rate))
    return keras.mixed_precision.LossScaleOptimizer(optimizer) if "scales_loss" in args else optimizer


def model_of():
    keras.utils.set_random_seed(5)
    layers = keras.layers
    return keras.Sequential([
        layers.Input((5, 5, 2)),
        layers.Conv2D(3, 3, activation="tanh", name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Flatten(name="flat"),
        layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01), kernel_constraint=keras.constraints.MaxNorm(1.2), name="middle"),
        layers.Dense(3, activation="softmax", name="out"),
    ])


def losses_of(model, start, end):
    losses = []
    for step in range(start, end):
        part = slice(step * BATCH, (step + 1) * BATCH)
        if PEER == "keras3":
            model.reset_metrics()
        losses.append(float(np.ravel(model.train_on_batch(IMAGES[part], LABELS[part]))[0]))
    return losses


def weights_of(model):
    return [float(value) for weight in model.trainable_weights for value in np.ravel(np.array(weight))]


def make(folder, seed, count):
    runs = []
    names = [name for name in OWN if name not in LACKS]
    for index in range(count):
        rng = random.Random("%d %d" % (seed, index))
        name = names[index % len(names)]
        args = settings_of(rng, name)
        keras.backend.clear_session()
        model = model_of()
        model.compile(optimizer_of(name, args), "categorical_crossentropy")
        losses = losses_of(model, 0, SAVED)
        file = os.path.join(folder, "%d%s" % (index, rng.choice(ENDINGS)))
        model.save(file)
        losses += losses_of(model, SAVED, STEPS)
        weights = weights_of(model)
        if args.get("use_ema"):
            model.optimizer.finalize_variable_values(model.trainable_variables)
        facts = dict(name="%s %s" % (name, json.dumps(args)), file=file, losses=losses, weights=weights, finished=weights_of(model))
        runs.append(dict(facts, reloads=reloads(facts)))
    with open(os.path.join(folder, "runs.json"), "w") as file:
        json.dump(dict(images=IMAGES.ravel().tolist(), labels=LABELS.ravel().tolist(), runs=runs), file)


def apart(found, expected):
    """The largest difference, by the size of the largest number."""
    found, expected = np.array(found), np.array(expected)
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))


def reloads(run):
    keras.backend.clear_session()
    try:
        model = keras.models.load_model(run["file"])
        return apart(losses_of(model, SAVED, STEPS), run["losses"][SAVED:]) < 1e-6
    except Exception:
        return False


def judge(path):
    with open(path) as file:
        entries = json.load(file)
    for entry in entries:
        problem = None
        try:
            keras.backend.clear_session()
            model = keras.models.load_model(entry["model"])
            losses = losses_of(model, WRITTEN, STEPS)
            off = max(apart(losses, entry["losses"]), apart(weights_of(model), entry["weights"]))
            if not off <= entry["tolerance"]:
                problem = "differs by %.2g: %s, expected %s" % (off, losses, entry["losses"])
        except Exception as error:
            problem = "%s: %s" % (type(error).__name__, str(error)[-300:])
        print(json.dumps({"name": entry["name"], "problem": problem}), flush=True)


if sys.argv[2] == "make":
    make(sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    judge(sys.argv[3])

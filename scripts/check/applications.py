"""Writes the keras.applications architectures with seeded weights as cases: model files, an input, Keras' output.

    python applications.py FOLDER [architecture ...]

Runs under tf.keras 2.15 (folders tf_*) and under Keras 3 (folders k3_*), by what is installed.
"""
import json
import os
import sys
import time
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
os.environ.setdefault('KERAS_BACKEND', 'tensorflow')
import logging
logging.disable(logging.WARNING)
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow as tf

if tf.__version__ < '2.16':
    import keras as package
    keras, VERSION, PREFIX, MAIN, OTHER = tf.keras, package.__version__, 'tf_', 'model.h5', 'model.keras'
else:
    import keras
    VERSION, PREFIX, MAIN, OTHER = keras.__version__, 'k3_', 'model.keras', 'model.h5'

SIZES = {'MobileNet': (64, 80), 'MobileNetV2': (64, 80), 'MobileNetV3Small': (64, 80), 'MobileNetV3Large': (64, 80), 'ResNet50': (64, 80), 'ResNet50V2': (64, 80),
         'DenseNet121': (64, 80), 'InceptionV3': (75, 96), 'Xception': (71, 96), 'EfficientNetB0': (64, 80), 'EfficientNetV2B0': (64, 80), 'NASNetMobile': (64, 64),
         'ConvNeXtTiny': (64, 80), 'VGG16': (32, 64), 'InceptionResNetV2': (75, 96), 'RegNetX002': (64, 80), 'ResNetRS50': (64, 80)}
PIXELS = ('MobileNetV3', 'EfficientNet', 'ConvNeXt', 'RegNet', 'ResNetRS')  # scale their input inside


def seeded(model, x):
    """He-scaled kernels, small biases, and statistics measured on the input, then moved a little."""
    r = np.random.RandomState(11)
    norms = [layer for layer in model.layers if 'BatchNormalization' in type(layer).__name__]
    for layer in model.layers:
        values = []
        for v in layer.weights:
            kind, shape = v.name.split(':')[0].split('/')[-1], tuple(v.shape)
            if kind in ('mean', 'variance', 'count'):
                values.append({'mean': 0.45, 'variance': 0.05, 'count': 0}[kind] * np.ones(shape))
            elif 'kernel' in kind:
                fan = np.prod(shape[:2]) if 'depthwise' in kind or 'Depthwise' in type(layer).__name__ else np.prod(shape[:-1])
                values.append(r.normal(0, np.sqrt(1.6 / fan), shape))
            elif 'moving_variance' in kind or 'gamma' in kind and 'LayerScale' not in type(layer).__name__:
                values.append(r.uniform(0.7, 1.3, shape))
            else:
                values.append(r.uniform(-0.2, 0.2, shape))
        if values:
            layer.set_weights([np.asarray(v, np.float32) for v in values])
        if type(layer).__name__ == 'Normalization' and layer.weights:
            layer.finalize_state()
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    if norms:
        model(x, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
        values = layer.get_weights()
        mean, variance = values[-2], values[-1]
        values[-2] = mean + np.sqrt(variance + 1e-3) * r.uniform(-0.15, 0.15, mean.shape)
        # channels that hardly vary would be blown up, and every rounding with them
        values[-1] = np.maximum(variance, 0.2 * variance.mean()) * r.uniform(0.8, 1.25, variance.shape)
        layer.set_weights(values)


def write(folder, name):
    if not hasattr(keras.applications, name):
        return print('%s%s: not in this version' % (PREFIX, name), flush=True)
    case = os.path.join(folder, PREFIX + name)
    if os.path.exists(os.path.join(case, 'case.json')):
        return
    os.makedirs(case, exist_ok=True)
    started = time.time()
    keras.backend.clear_session()
    h, w = SIZES[name]
    model = getattr(keras.applications, name)(weights=None, input_shape=(h, w, 3), classes=10, classifier_activation=None)
    r = np.random.RandomState(5)
    ys, xs = np.linspace(0, 6, h)[None, :, None, None], np.linspace(0, 6, w)[None, None, :, None]
    phase = r.uniform(0, 6, (2, 2, 1, 1, 3)) * np.ones((1, 2, 1, 1, 3))
    x = 0.5 * np.sin(ys * r.uniform(0.5, 3, (2, 1, 1, 3)) + phase[0]) + 0.5 * np.cos(xs * r.uniform(0.5, 3, (2, 1, 1, 3)) + phase[1]) + r.normal(0, 0.1, (2, h, w, 3))
    x = (x * 80 + 120 if name.startswith(PIXELS) else x).astype(np.float32)
    seeded(model, x)
    head = [layer for layer in model.layers if layer.weights][-1]
    spread = np.std(np.asarray(model(x, training=False)))
    head.set_weights([value * 1.5 / spread for value in head.get_weights()])  # neither uniform nor one-hot
    model = keras.Model(model.input, keras.layers.Softmax()(model.output))
    y = np.asarray(model(x, training=False), np.float32)
    files = [MAIN] + ([OTHER] if model.count_params() < 10e6 else [])
    for file in files:
        model.save(os.path.join(case, file))
    x.tofile(os.path.join(case, 'input_0.bin'))
    y.tofile(os.path.join(case, 'output_0.bin'))
    info = {'name': PREFIX + name, 'about': 'keras.applications.%s with seeded weights' % name, 'model': MAIN, 'files': {f: 'model.save()' for f in files},
            'keras': {'version': VERSION, 'tensorflow': tf.__version__}, 'parameters': model.count_params(),
            'inputs': [{'file': 'input_0.bin', 'shape': list(x.shape), 'dtype': 'float32', 'name': model.input_names[0] if hasattr(model, 'input_names') else model.inputs[0].name}],
            'outputs': [{'file': 'output_0.bin', 'shape': list(y.shape), 'dtype': 'float32'}], 'tolerance': {'abs': 1e-4, 'rel': 1e-3}}
    with open(os.path.join(case, 'case.json'), 'w') as file:
        json.dump(info, file, indent=1)
    print('%s%s: %.1f s, outputs %.4f to %.4f, spread between samples %.4f' % (PREFIX, name, time.time() - started, y.min(), y.max(), np.abs(y[0] - y[1]).max()), flush=True)


if __name__ == '__main__':
    for architecture in sys.argv[2:] or SIZES:
        write(sys.argv[1], architecture)

"""Writes published architectures as Keras 2.2.4 and keras-applications 1.0.8 have them, as architectures.py does for later ones.

    python architectures_keras2.py FOLDER

ResNet50 is that of Keras itself (resnet50.py), which later ones replaced, and that of resnet.py. Some are saved whole.
"""
import json
import os
import sys
import time
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import keras
from keras_applications import resnet, resnet_v2

HOST = dict(backend=keras.backend, layers=keras.layers, models=keras.models, utils=keras.utils)
WHOLE = 'model.h5'
WEIGHTS = 'weights.h5'

CALLS = [
    ('resnet50', 'ResNet50', dict(input_shape=(64, 80, 3), classes=7), WEIGHTS), ('resnet50', 'ResNet50', dict(input_shape=(75, 97, 3), classes=4), WHOLE),
    ('resnet50', 'ResNet50', dict(input_shape=(65, 70, 3), include_top=False), WEIGHTS), ('resnet50', 'ResNet50', dict(input_shape=(96, 96, 3), include_top=False, pooling='avg'), WHOLE),
    ('resnet50', resnet.ResNet50, dict(input_shape=(64, 80, 3), classes=7), WEIGHTS), ('resnet50_v2', resnet_v2.ResNet50V2, dict(input_shape=(64, 80, 3), classes=7), WEIGHTS),
    ('mobilenet', 'MobileNet', dict(alpha=0.25, input_shape=(64, 80, 3), classes=7), WEIGHTS), ('mobilenet', 'MobileNet', dict(alpha=0.5, input_shape=(65, 97, 3), include_top=False), WHOLE),
    ('mobilenet_v2', 'MobileNetV2', dict(alpha=0.35, input_shape=(65, 96, 3), classes=7), WHOLE),
    ('mobilenet_v2', 'MobileNetV2', dict(alpha=1.4, input_shape=(96, 96, 3), include_top=False), WEIGHTS),
    ('vgg16', 'VGG16', dict(input_shape=(32, 48, 3), classes=4), WEIGHTS), ('densenet121', 'DenseNet121', dict(input_shape=(64, 64, 3), classes=4), WEIGHTS),
    ('xception', 'Xception', dict(input_shape=(71, 96, 3), classes=4), WEIGHTS), ('xception', 'Xception', dict(input_shape=(72, 96, 3), include_top=False), WHOLE),
]


def seed(model):
    """Weights as large as after training, running statistics that differ for each channel; all set at once, which is quicker by far."""
    r = np.random.RandomState(11)
    values = []
    for v in model.weights:
        kind, shape = v.name.split(':')[0].split('/')[-1], tuple(int(dim) for dim in v.shape)
        if 'kernel' in kind:
            fan = np.prod(shape[:2]) if 'depthwise' in kind else np.prod(shape[:-1])
            values.append(r.normal(0, np.sqrt(1.6 / fan), shape))
        elif 'variance' in kind or 'gamma' in kind:
            values.append(r.uniform(0.7, 1.3, shape) * (3 if 'variance' in kind and 'resnet' in model.name else 1))
        else:
            values.append(r.uniform(-0.2, 0.2, shape))
    keras.backend.batch_set_value(list(zip(model.weights, values)))


def write(folder, index, name, function, arguments, weights):
    case = os.path.join(folder, 'k2_%d_%s' % (index, name))
    if os.path.exists(os.path.join(case, 'case.json')):
        return
    os.makedirs(case, exist_ok=True)
    started = time.time()
    keras.backend.clear_session()
    if name == 'xception':  # whose layers without names count what was made before
        keras.layers.Conv2D(1, 1), keras.layers.BatchNormalization()
    model = getattr(keras.applications, function)(weights=None, **arguments) if isinstance(function, str) else function(weights=None, **dict(arguments, **HOST))
    seed(model)
    x = np.random.RandomState(5).normal(0, 0.5, (2,) + arguments['input_shape']).astype(np.float32)
    y = model.predict(x)
    path = os.path.join(case, weights)
    model.save(path) if weights == WHOLE else model.save_weights(path)
    x.tofile(os.path.join(case, 'input_0.bin'))
    y.tofile(os.path.join(case, 'output_0.bin'))
    array = lambda file, a: {'file': file, 'shape': list(a.shape), 'dtype': 'float32'}
    info = {'name': name, 'arguments': arguments, 'weights': weights, 'keras': {'version': keras.__version__}, 'inputs': [array('input_0.bin', x)], 'outputs': [array('output_0.bin', y)],
            'tolerance': {'abs': 1e-4, 'rel': 1e-3}}
    with open(os.path.join(case, 'case.json'), 'w') as file:
        json.dump(info, file, indent=1)
    print('k2_%s: %.1f s' % (name, time.time() - started), flush=True)


if __name__ == '__main__':
    for index, call in enumerate(CALLS):
        write(sys.argv[1], index, *call)

"""Writes published architectures with seeded weights: the weights alone as Keras saves them, an input, what Keras makes of it.

    python architectures.py FOLDER

Under tf.keras 2.15 weights.h5 is of the kind that keras-applications publishes; under Keras 3 it is weights.weights.h5. SqueezeNet is that of the package
keras-squeezenet, under tf.keras only.
"""
import importlib.util
import json
import os
import sys
import time
import numpy as np
from applications import PREFIX, VERSION, keras, seeded

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location('generator', os.path.join(HERE, '..', '..', 'fixtures', 'generators', 'architectures.py'))
generator = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generator)

CALLS = [
    ('mobilenet', 'MobileNet', dict(alpha=0.25, input_shape=(64, 80, 3), classes=10)), ('mobilenet', 'MobileNet', dict(input_shape=(65, 97, 3), include_top=False)),
    ('mobilenet_v2', 'MobileNetV2', dict(alpha=0.35, input_shape=(64, 64, 3), classes=5)), ('mobilenet_v2', 'MobileNetV2', dict(alpha=1.4, input_shape=(65, 97, 3), include_top=False)),
    ('resnet50', 'ResNet50', dict(input_shape=(64, 64, 3), classes=4)), ('resnet50_v2', 'ResNet50V2', dict(input_shape=(65, 64, 3), include_top=False, pooling='avg')),
    ('vgg16', 'VGG16', dict(input_shape=(32, 48, 3), classes=4)), ('densenet121', 'DenseNet121', dict(input_shape=(64, 64, 3), classes=4)),
    ('xception', 'Xception', dict(input_shape=(71, 96, 3), classes=4)),
    # last: its imports stand in for those of Keras
    ('squeezenet', 'SqueezeNet', dict(input_shape=(64, 80, 3), classes=6)), ('squeezenet', 'SqueezeNet', dict(input_shape=(64, 64, 3), include_top=False, pooling='avg')),
]


def write(folder, index, name, function, arguments):
    if function == 'SqueezeNet' and PREFIX == 'k3_':
        return
    case = os.path.join(folder, '%s%d_%s' % (PREFIX, index, name))
    if os.path.exists(os.path.join(case, 'case.json')):
        return
    os.makedirs(case, exist_ok=True)
    started = time.time()
    keras.backend.clear_session()
    make = generator.squeezenet() if function == 'SqueezeNet' else getattr(keras.applications, function)
    model = make(weights=None, **arguments)
    x = np.random.RandomState(5).normal(0, 0.5, (2,) + arguments['input_shape']).astype(np.float32)
    seeded(model, x)
    y = np.asarray(model(x, training=False), np.float32)
    weights = 'weights.h5' if PREFIX == 'tf_' else 'weights.weights.h5'
    model.save_weights(os.path.join(case, weights))
    x.tofile(os.path.join(case, 'input_0.bin'))
    y.tofile(os.path.join(case, 'output_0.bin'))
    array = lambda file, a: {'file': file, 'shape': list(a.shape), 'dtype': 'float32'}
    info = {'name': name, 'arguments': arguments, 'weights': weights, 'keras': {'version': VERSION}, 'inputs': [array('input_0.bin', x)], 'outputs': [array('output_0.bin', y)],
            'tolerance': {'abs': 1e-4, 'rel': 1e-3}}
    with open(os.path.join(case, 'case.json'), 'w') as file:
        json.dump(info, file, indent=1)
    print('%s%s: %.1f s' % (PREFIX, name, time.time() - started), flush=True)


if __name__ == '__main__':
    for index, call in enumerate(CALLS):
        write(sys.argv[1], index, *call)

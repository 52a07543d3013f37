"""python predict_worker.py MODEL.h5 [once]: as predict-worker.mjs, with Keras' predict."""
import os
import sys
import time

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
import keras
import numpy as np

model = keras.models.load_model(sys.argv[1], compile=False)
shape = tuple(model.inputs[0].shape[1:])


def batch_of(count):
    length = count * int(np.prod(shape))
    return (((np.arange(length) * 7919) % 1000) / 500 - 1).astype('float32').reshape((count,) + shape)


if len(sys.argv) > 2:
    model.predict(batch_of(1), verbose=0)
else:
    print('ready', flush=True)
    for line in sys.stdin:
        batch = batch_of(int(line))
        start = time.perf_counter()
        model.predict(batch, batch_size=len(batch), verbose=0)
        print(time.perf_counter() - start, flush=True)

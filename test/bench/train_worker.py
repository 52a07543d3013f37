"""python train_worker.py MODEL.h5: as train-worker.mjs, with train_on_batch of tf.keras or Keras 3."""
import functools
import os
import sys
import time

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
import keras
import numpy as np

model = keras.models.load_model(sys.argv[1], compile=False)
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss='categorical_crossentropy')
shape = tuple(model.inputs[0].shape[1:])


@functools.cache
def batch_of(count):
    length = count * int(np.prod(shape))
    data = (((np.arange(length) * 7919) % 1000) / 500 - 1).astype('float32')
    target = np.zeros((count, 1000), 'float32')
    target[np.arange(count), (np.arange(count) * 37) % 1000] = 1
    return data.reshape((count,) + shape), target


def peak_memory():
    with open('/proc/self/status') as status:
        line = next(line for line in status if line.startswith('VmHWM'))
    return int(line.split()[1]) // 1024


print('ready', flush=True)
for line in sys.stdin:
    data, target = batch_of(int(line))
    start, processors = time.perf_counter(), time.process_time()
    loss = model.train_on_batch(data, target)
    seconds = time.perf_counter() - start
    print(seconds, time.process_time() - processors, float(loss), peak_memory(), flush=True)

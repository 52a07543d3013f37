"""python train_frozen.py MODEL.h5 FOLDER EPOCHS plain|augmented: transfer learning as Keras' users do it; says the end of each epoch.

Plain: all pictures are decoded before and are in memory, so that an epoch is the frozen base and the head alone.
Augmented: ImageDataGenerator, two threads.
"""
import os
import sys
import time

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'
import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

path, folder, epochs, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
whole = keras.models.load_model(path, compile=False)
features = next(l for l in whole.layers if isinstance(l, keras.layers.GlobalAveragePooling2D)).output
base = keras.Model(whole.input, features)
base.trainable = False
inputs = keras.Input((224, 224, 3))
at = keras.layers.Dropout(0.5)(keras.layers.Flatten()(base(inputs, training=False)))
classes = len(os.listdir(folder))
outputs = keras.layers.Dense(classes, activation='softmax', kernel_regularizer=keras.regularizers.L2(0.01))(at)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss='categorical_crossentropy', metrics=['accuracy'])

augmentation = dict(rotation_range=40, width_shift_range=0.2, height_shift_range=0.2, shear_range=0.2, zoom_range=0.2,
                    channel_shift_range=0.2 * 127.5, horizontal_flip=True, fill_mode='nearest')
generator = ImageDataGenerator(preprocessing_function=lambda x: x / 127.5 - 1, **(augmentation if how == 'augmented' else {}))
flow = generator.flow_from_directory(folder, target_size=(224, 224), batch_size=32, seed=1)


class Clock(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print('epoch', epoch, flush=True)


if how == 'plain':
    batches = [flow[i] for i in range(len(flow))]
    data = dict(x=np.concatenate([b[0] for b in batches]), y=np.concatenate([b[1] for b in batches]), batch_size=32)
else:
    flow.workers, flow.use_multiprocessing = 2, False
    data = dict(x=flow)
model.fit(**data, epochs=epochs, verbose=0, callbacks=[Clock()])

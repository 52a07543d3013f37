"""Checks and runs ONNX models: python onnx_models.py LIST.json; one line on the standard output for each that is wrong.

LIST.json holds objects with name, path, inputs and outputs (file, shape, for inputs name) and tolerance (abs, rel).
"""
import gzip
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort

ort.set_default_logger_severity(3)
TYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_}


def unknown_fields(message):
    """Whether the published schema lacks a field that the file has."""
    from google.protobuf.unknown_fields import UnknownFieldSet
    if len(UnknownFieldSet(message)) > 0:
        return True
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            children = value if hasattr(value, '__len__') else [value]
            if any(unknown_fields(child) for child in children):
                return True
    return False


def read(array):
    """The numbers of a file, which may be compressed."""
    path = array['file']
    if os.path.exists(path):
        return np.fromfile(path, dtype='<f4').reshape(array['shape'])
    with gzip.open(path + '.gz') as file:
        return np.frombuffer(file.read(), dtype='<f4').reshape(array['shape'])


def fault(case):
    model = onnx.load(case['path'], load_external_data=False)
    if unknown_fields(model):
        return 'has unknown fields'
    onnx.checker.check_model(case['path'], full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    session = ort.InferenceSession(case['path'], providers=['CPUExecutionProvider'])
    types = {port.name: port.type.tensor_type.elem_type for port in model.graph.input}
    feeds = {array['name']: read(array).astype(TYPES[types[array['name']]]) for array in case['inputs']}
    results = session.run(None, feeds)
    if len(results) != len(case['outputs']):
        return '%d outputs instead of %d' % (len(results), len(case['outputs']))
    allowed = case['tolerance']
    for result, array in zip(results, case['outputs']):
        right = read(array)
        if result.shape != right.shape:
            return 'shape %s instead of %s' % (result.shape, right.shape)
        excess = np.abs(result.astype(np.float64) - right) - allowed['abs'] - allowed['rel'] * np.abs(right)
        if not (excess <= 0).all():
            return 'off by %g more than allowed' % excess.max()
    return None


for case in json.load(open(sys.argv[1])):
    try:
        text = fault(case)
    except Exception as error:
        text = '%s: %s' % (type(error).__name__, str(error).split('\n')[0])
    if text is not None:
        print('%s: %s' % (case['name'], text))

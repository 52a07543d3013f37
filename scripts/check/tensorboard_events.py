"""python tensorboard_events.py FOLDER: the scalars that TensorBoard finds in a folder of events, as JSON."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

found = EventAccumulator(sys.argv[1])
found.Reload()
json.dump({tag: [[e.step, float(tensor_util.make_ndarray(e.tensor_proto))] for e in found.Tensors(tag)]
           for tag in found.Tags()['tensors']}, sys.stdout)

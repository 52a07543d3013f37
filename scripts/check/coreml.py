"""Reads .mlmodel files with the protobuf classes of coremltools: python coreml.py FILE ... (or names on standard input)

One JSON line per file: whether it parses, whether writing it again gives the same bytes, its specification version.
"""
import json
import logging
import sys
import warnings
logging.disable(logging.WARNING)
warnings.filterwarnings('ignore')
from coremltools.proto import Model_pb2


def unknown_fields(message, path='Model'):
    """Paths of fields that the published schema does not have."""
    from google.protobuf.unknown_fields import UnknownFieldSet
    found = ['%s #%d' % (path, field.field_number) for field in UnknownFieldSet(message)]
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        where = path + '.' + field.name
        if field.message_type.GetOptions().map_entry:
            children = [v for v in value.values() if hasattr(v, 'ListFields')]
        else:
            children = value if hasattr(value, '__len__') else [value]
        for child in children:
            found.extend(unknown_fields(child, where))
    return found


for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        data = file.read()
    line = {'file': path}
    try:
        model = Model_pb2.Model()
        model.ParseFromString(data)
        line['version'] = model.specificationVersion
        line['type'] = model.WhichOneof('Type')
        line['same_bytes'] = model.SerializeToString(deterministic=True) == data
        line['unknown'] = unknown_fields(model)
    except Exception as error:
        line['error'] = '%s: %s' % (type(error).__name__, error)
    print(json.dumps(line))

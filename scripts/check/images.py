"""Pictures of all kinds and random resizings, as Pillow decodes, converts and resizes them.

usage: images.py OUT_DIR SEED COUNT     prints a JSON list of cases; pixels are raw files beside the pictures
"""
import json
import os
import sys

import numpy as np
from PIL import Image, ImageOps

out, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(out, exist_ok=True)
rng = np.random.RandomState(seed)
cases = []
FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}


def content(width, height, channels):
    """Something between a photo and noise, so that every filter and predictor is used."""
    small = rng.randint(0, 256, (rng.randint(1, 9), rng.randint(1, 9), channels)).astype("u1")
    smooth = np.stack([np.asarray(Image.fromarray(small[..., c]).resize((width, height), 3)) for c in range(channels)], -1)
    noise = rng.randint(-20, 21, smooth.shape) * rng.randint(0, 2)
    return np.clip(smooth.astype(int) + noise, 0, 255).astype("u1")


def picture(mode, width, height):
    if mode == "1":
        return Image.fromarray(content(width, height, 1)[..., 0]).convert("1")
    if mode == "L":
        return Image.fromarray(content(width, height, 1)[..., 0])
    if mode == "LA":
        return Image.fromarray(content(width, height, 2), "LA")
    if mode == "P":
        return Image.fromarray(content(width, height, 3)).convert("P", palette=1, colors=int(rng.choice([2, 3, 11, 16, 64, 256])))
    if mode == "I;16":
        return Image.fromarray((content(width, height, 1)[..., 0].astype("u2") * rng.randint(1, 200)).astype("u2"))
    if mode == "CMYK":
        return Image.fromarray(content(width, height, 3)).convert("CMYK")
    return Image.fromarray(content(width, height, {"RGB": 3, "RGBA": 4}[mode]))


def some_size():
    return int(rng.choice([1, 2, 7, 16, 33, rng.randint(1, 200)])), int(rng.choice([1, 3, 8, 17, 64, rng.randint(1, 200)]))


def reference(image, name):
    path = os.path.join(out, name)
    open(path, "wb").write(np.asarray(image).tobytes())
    return {"file": name, "width": image.width, "height": image.height}


def decode(index):
    kind = rng.choice(["jpeg", "png", "gif", "bmp", "webp"])
    mode = str(rng.choice({"jpeg": ["L", "RGB", "RGB", "RGB", "CMYK"], "png": ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"], "gif": ["L", "P", "1"],
                           "bmp": ["1", "L", "P", "RGB", "RGBA"], "webp": ["RGB", "RGBA"]}[str(kind)]))
    image = picture(mode, *some_size())
    options = {}
    if kind == "jpeg":
        options = {"quality": int(rng.randint(20, 101)), "progressive": bool(rng.randint(2)), "optimize": bool(rng.randint(2))}
        if mode == "RGB":
            options["subsampling"] = int(rng.randint(3))
        if rng.randint(2):
            options["restart_marker_blocks"] = int(rng.randint(1, 9))
        if rng.randint(2):
            exif = Image.Exif()
            exif[0x0112] = int(rng.randint(1, 9))
            options["exif"] = exif
    if kind == "png" and mode in ("L", "P", "RGB") and rng.randint(2):
        options["transparency"] = (5, 6, 7) if mode == "RGB" else 0
    if kind == "png":
        options["compress_level"] = int(rng.randint(0, 10))
    if kind == "gif" and rng.randint(2):
        options["transparency"] = 0
    if kind == "gif":
        options["interlace"] = int(rng.randint(2))
    if kind == "webp":
        options = {"quality": int(rng.randint(20, 101)), "lossless": bool(rng.randint(2)), "exact": True}
    if kind in ("webp", "gif") and rng.randint(2):
        options.update(save_all=True, append_images=[picture(mode, *image.size)])
    name = "%d.%s" % (index, kind)
    image.save(os.path.join(out, name), **options)
    with Image.open(os.path.join(out, name)) as opened:
        wanted = {key: reference(opened.convert(value), "%s.%s" % (name, key)) for key, value in MODES.items()}
        upright = reference(ImageOps.exif_transpose(opened).convert("RGB"), name + ".upright")
    cases.append({"what": "decode", "picture": name, "mode": mode, "wanted": wanted, "upright": upright,
                  "tolerance": 2 if mode == "CMYK" else 0})


def resize(index):
    color = str(rng.choice(list(MODES)))
    image = picture(MODES[color], *some_size())
    width, height = some_size() if rng.randint(4) else (image.width, int(rng.randint(1, 150)))
    name = str(rng.choice(list(FILTERS)))
    box = None
    if rng.randint(3) == 0:
        left, top = rng.randint(0, image.width), rng.randint(0, image.height)
        box = [int(left), int(top), int(rng.randint(left + 1, image.width + 1)), int(rng.randint(top + 1, image.height + 1))]
        if rng.randint(2) and min(image.size) > 3:
            box = [min(box[0] + 0.25, box[2] - 0.5), box[1], box[2] - 0.125, box[3]]
    source = reference(image, "%d.source" % index)
    target = reference(image.resize((width, height), FILTERS[name], box=box), "%d.target" % index)
    cases.append({"what": "resize", "color": color, "interpolation": name, "box": box, "source": source, "target": target})


for number in range(count):
    (decode if number % 2 else resize)(number)
print(json.dumps({"pillow": Image.__version__, "cases": cases}))

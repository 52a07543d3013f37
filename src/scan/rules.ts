/** How bad a finding is. Only errors make `kc scan` fail; with `--strict` warnings too. */
export type Severity = "error" | "warning" | "note";

/** What every finding of one kind has in common. */
export interface Rule {
  readonly severity: Severity;
  /** One line: what the rule looks for. */
  readonly about: string;
  /** What to do about it. */
  readonly help: string;
}

/** A rule whose name checks itself against the table. */
export type RuleId = keyof typeof RULES;

const DISTRUST = "Do not load this file in Python unless you know who made it.";
const FETCH = "Fetch the file again, from where it was first published.";
const REPACK = "Copy what is needed into one new file and use that.";
const RETRAIN = "Do not use the model; find the last checkpoint whose numbers are sound.";
const KEEP = "Nothing needs to be done, unless you did not expect it.";

/** Every rule. The names are stable: baselines and suppressions depend on them. */
export const RULES = {
  "code/lambda": error("Python byte code, which Keras runs", DISTRUST),
  "code/foreign-module": error(
    "A class or function of a Python module that no model needs; Keras would import and call it",
    DISTRUST,
  ),
  "code/keras-function": error(
    "A function of Keras or TensorFlow that is no layer: it could fetch, read or write files",
    DISTRUST,
  ),
  "code/file-operation": error(
    "A TensorFlow operation that reads or writes files or runs Python",
    DISTRUST,
  ),
  "code/other-model": error("Another model, which Keras would fetch and run", DISTRUST),
  "code/pickle": error("A Python pickle, which runs code when it is opened", DISTRUST),
  "code/pickled-array": error("A NumPy array of pickled objects", DISTRUST),
  "code/executable": error("A program", DISTRUST),
  "code/saved-model": warning(
    "A TensorFlow SavedModel, whose operations may read and write files and are not looked at",
    DISTRUST,
  ),
  "code/file-path": error(
    "A path or address of a file outside the model, which Keras would read",
    DISTRUST,
  ),
  "code/file-name": warning(
    "The name of a file beside the model, which Keras would read",
    "Look at that file too, or save the model with the contents inside.",
  ),
  "code/custom-module": warning(
    "A class or function of a module that is not Keras'; Keras would import it",
    "Make sure that the module of that name is the one that you mean.",
  ),
  "code/named-function": warning(
    "A Lambda layer whose function is named, but not in the file",
    "Get the function's source from the model's author.",
  ),
  "code/custom-class": note("A class that is not Keras' own", KEEP),
  "code/custom-layer": warning(
    "A layer whose code is a class of the app; Core ML would look it up by its name",
    "Make sure that the app's class of that name is the one that you mean.",
  ),
  "code/custom-model": warning(
    "A model whose code is a class of the app; Core ML would look it up by its name",
    "Make sure that the app's class of that name is the one that you mean.",
  ),
  "code/linked-model": error("Another model, which Core ML would look up by its path", DISTRUST),
  "coreml/damaged": error("A message that is damaged", FETCH),
  "coreml/limit": error("A structure beyond what any model needs", DISTRUST),
  "coreml/not-sound": error("A network that does not fit together", FETCH),
  "coreml/unknown-field": warning(
    "A part that the format up to specification 10 does not have",
    "Make sure that a later coremltools wrote the file; what is not known is not looked at.",
  ),
  "coreml/later-format": warning(
    "A later format, which is not known here",
    "Look for a later version of kc; what is not known is not looked at.",
  ),
  "coreml/unknown-operation": warning(
    "An operation that programs do not have",
    "Make sure that a later coremltools wrote the file; what is not known is not looked at.",
  ),
  "coreml/unsafe-path": error("A path that leads out of the package", DISTRUST),
  "coreml/missing-item": error(
    "A file that is not there",
    "Copy the whole .mlpackage folder, with everything in it.",
  ),
  "coreml/overlap": error("Two arrays of a weight file that share bytes", DISTRUST),
  "coreml/label-count": error(
    "Another number of labels than of scores",
    "Do not use the labels; ask for those that the model was trained with.",
  ),
  "coreml/duplicate-label": warning(
    "A label that stands for two classes, of which an app sees one",
    "Make the labels different: kc edit --class-labels.",
  ),
  "coreml/address": note("An address or a script in a text", KEEP),
  "code/custom-domain": warning(
    "An operator that is not ONNX's own; its code is a library of the user's",
    "Make sure that the library registered for that domain is the one that you mean.",
  ),
  "onnx/damaged": error("A message that is damaged", FETCH),
  "onnx/limit": error("A structure beyond what any model needs", DISTRUST),
  "onnx/unsafe-path": error("A file of numbers outside the folder of the model", DISTRUST),
  "config/damaged": error("An architecture that cannot be parsed", FETCH),
  "config/too-deep": error("An architecture nested beyond reason", DISTRUST),
  "config/not-keras": error("An architecture that says what no Keras writes", FETCH),
  "hdf5/external-link": error("A link to another HDF5 file", REPACK),
  "hdf5/external-data": error("An array whose bytes are those of another file", REPACK),
  "hdf5/virtual-data": error("An array that is put together from other files", REPACK),
  "hdf5/user-defined-link": error("A link that only a plug-in can follow", REPACK),
  "hdf5/soft-link": note("A soft link, which Keras does not write", KEEP),
  "hdf5/broken-link": warning("A soft link that leads nowhere or round in a ring", REPACK),
  "hdf5/unknown-filter": warning(
    "Data that only a plug-in of the HDF5 library can unpack",
    "Unpack it where the plug-in is trusted: h5repack -f NONE.",
  ),
  "hdf5/unreadable": warning("A part of HDF5 that is not read here", REPACK),
  "hdf5/damaged": error("A structure that is damaged", FETCH),
  "hdf5/limit": error("A structure beyond what any model needs", DISTRUST),
  "hdf5/bomb": error("Arrays that unpack to many times the size of the file", DISTRUST),
  "hdf5/overlap": error("Two arrays that share bytes", DISTRUST),
  "hdf5/ring": error("A group that contains itself", DISTRUST),
  "hdf5/trailing-data": warning("Bytes behind the end of the HDF5 file", REPACK),
  "hdf5/user-block": note("Bytes before the HDF5 file", KEEP),
  "zip/unsafe-name": error("A member that would be unpacked outside its folder", DISTRUST),
  "zip/duplicate-name": error(
    "Two members of one name, of which each reader takes another",
    DISTRUST,
  ),
  "zip/encrypted": warning("An encrypted member", "Ask for the file without encryption."),
  "zip/symlink": error("A symbolic link", DISTRUST),
  "zip/bomb": error("A member that unpacks to many times its size", DISTRUST),
  "zip/overlap": error("Members that share bytes", DISTRUST),
  "zip/damaged": error("A member or directory that is damaged", FETCH),
  "zip/header-mismatch": error("A member whose two headers disagree", DISTRUST),
  "zip/hidden-data": warning("Bytes that belong to no member", REPACK),
  "zip/nested-archive": warning("An archive in the archive, which is not looked into", REPACK),
  "zip/unknown-packing": warning(
    "A member packed in a way that Python's zipfile may open, but kc does not",
    "Zip the file again.",
  ),
  "zip/unexpected-member": note("A member that Keras does not write", KEEP),
  "tfjs/unsafe-path": error("A file of weights outside the folder of the model", DISTRUST),
  "weights/not-finite": error("NaN or infinite numbers", RETRAIN),
  "weights/negative-variance": error("A negative variance", RETRAIN),
  "weights/mismatch": error("Weights that do not fit the architecture", FETCH),
  "weights/optimizer-not-finite": warning(
    "NaN or infinite numbers in the optimizer's state",
    "The model can be used, but training must not be resumed from it.",
  ),
  "weights/unread": warning("Numbers that unpack to so much that they were not read", REPACK),
  "weights/all-zero": note(
    "A kernel of zeros only",
    "If it is not fresh, the layer died in training.",
  ),
  "weights/half-range": note(
    "Numbers beyond the range of half precision",
    "Keep the weights in float32: in float16 they would be infinite.",
  ),
  "file/empty": error("An empty file", FETCH),
  "file/lfs-pointer": error("A Git LFS pointer instead of the file", "git lfs pull"),
  "file/web-page": error("A web page instead of the file", FETCH),
  "file/not-a-model": error(
    "Not a model",
    "Models are .h5, .hdf5, .keras, .onnx, .mlmodel and .mlpackage.",
  ),
} as const;

function error(about: string, help: string): Rule {
  return { severity: "error", about, help };
}

function warning(about: string, help: string): Rule {
  return { severity: "warning", about, help };
}

function note(about: string, help: string): Rule {
  return { severity: "note", about, help };
}

import { describe, expect, it } from "vitest";
import { KcError } from "../../src/errors.ts";
import { bytesSource } from "../../src/formats/bytes.ts";
import { describeZip, detectContainer } from "../../src/formats/detect.ts";

function detect(content: string | readonly number[]): string {
  const bytes =
    typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
  try {
    return detectContainer(bytesSource(bytes, "model.h5"));
  } catch (error) {
    if (error instanceof KcError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const ascii = (text: string) => Array.from(text, (char) => char.charCodeAt(0));
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

describe("detectContainer", () => {
  it("knows HDF5, also behind a user block, zip and JSON", () => {
    expect(detect(HDF5)).toBe("hdf5");
    expect(detect([...new Array(1024).fill(0), ...HDF5])).toBe("hdf5");
    expect(detect([0x50, 0x4b, 3, 4, 0])).toBe("zip");
    expect(detect([0x50, 0x4b, 3, 4, ...new Array(1020).fill(0), ...HDF5])).toBe("zip");
    expect(detect(' \n{"class_name": "Sequential"}')).toBe("json");
  });

  it.each([
    ["", "The file is empty (0 bytes).\n  Fetch it again."],
    [
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 17225924\n",
      "This is a Git LFS pointer, not the model; the model itself has 17225924 bytes.\n  Fetch the model: git lfs pull",
    ],
    [
      "\n<!DOCTYPE html><html><head><title>Sign in · Host</title>",
      'This is a web page titled "Sign in · Host", not a model.\n  The download was answered by a login or error page. Fetch the file itself, the raw one.',
    ],
    [
      "Not Found\n",
      'This is a text file that begins with "Not Found".\n  A Keras model is an HDF5 file (.h5, .hdf5, .keras of old) or a zip (.keras).',
    ],
    [HDF5.slice(0, 5), "This is an HDF5 file truncated at byte 5.\n  Fetch it again."],
    [[0x1f, 0x8b, 8, 0], "This is a gzip file.\n  Unpack it first."],
    [
      [0x80, 4, 0x95, 0],
      'This is a Python pickle, which is never opened here.\n  Save it from Keras with model.save("model.keras") or model.save("model.h5").',
    ],
    [
      [8, 7, 0x12, 7, ...ascii("pytorch"), 0x1a, 3],
      'This looks like an ONNX model, made by "pytorch".\n  ONNX models are shown (kc summary, inspect, plot), but not converted: use the Keras file that it was made from.',
    ],
    [
      [8, 7, 0x3a, 0x22, 0x0a, 5, 0x0a],
      "This looks like an ONNX model.\n  ONNX models are shown (kc summary, inspect, plot), but not converted: use the Keras file that it was made from.",
    ],
    [
      [8, 1, 0x12, 0x22, 0x0a, 5, 0x0a],
      "This looks like a Core ML model (.mlmodel) already.\n  A Keras model is an HDF5 file (.h5, .hdf5, .keras of old) or a zip (.keras).",
    ],
    [
      [8, 1, 0x12, 0x90, 3, 0x0a, 0x80, 3, 0x12, 0x20, ...ascii("\u0001T\u0012\u0004type")],
      'This is a TensorFlow SavedModel.\n  Load its folder with tf.keras.models.load_model and save it with model.save("model.h5").',
    ],
    [
      [1, 2, 3, 0xfe],
      "This is no format that is known here (4 bytes, the first are 01 02 03 fe).\n  A Keras model is an HDF5 file (.h5, .hdf5, .keras of old) or a zip (.keras).",
    ],
  ])("says what %j is instead", (content, message) => {
    expect(detect(content)).toBe(`bad-format: model.h5: ${message}`);
  });
});

describe("describeZip", () => {
  it.each([
    [
      ["archive/data.pkl", "archive/data/0"],
      "This is a PyTorch checkpoint (a zip with a pickle inside)",
    ],
    [["a.npy", "b.npy"], "This is a NumPy .npz file of bare arrays"],
    [["m/saved_model.pb"], "This is a zipped TensorFlow SavedModel"],
    [["best.h5"], "This is a zip file around another file, best.h5: unzip it first"],
    [["word/document.xml"], "This is a zip file, but not one that Keras writes"],
  ])("%j", (names, text) => {
    expect(describeZip(names)).toBe(text);
  });
});

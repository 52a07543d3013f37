import { fail } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import { findSignature } from "./hdf5/superblock.ts";

/** The containers that can hold a Keras model. */
export type Container = "hdf5" | "zip" | "json";

/**
 * Recognises the container by its first bytes, never by its name.
 *
 * @throws KcError `bad-format`, whose first line says what the file is instead.
 */
export function detectContainer(source: ByteSource): Container {
  const found = identify(source);
  if (typeof found === "string") return found;
  fail("bad-format", found.text, { at: { file: source.name }, hint: found.hint });
}

/** What a file is that is no container of a model. */
export interface OtherFile {
  readonly kind: OtherKind;
  readonly text: string;
  readonly hint: string;
}

/** Those that need an answer of their own. */
export type OtherKind =
  | "empty"
  | "lfs-pointer"
  | "web-page"
  | "truncated"
  | "pickle"
  | "npy"
  | "saved-model"
  | "coreml"
  | "onnx"
  | "other";

/** The container by its first bytes, or what the file is instead. */
export function identify(source: ByteSource): Container | OtherFile {
  const head = new Uint8Array(Math.min(source.size, HEAD));
  source.readInto(0, head);
  // Before HDF5: a stored member may lie where a file behind a user block would begin.
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6])) return "zip";
  if (findSignature(source) !== undefined) return "hdf5";
  const text = textOf(head);
  if (text?.startsWith("{")) return "json";
  const [what, hint, kind = "other"] = describe(source, head, text);
  return { kind, text: what, hint };
}

/** Whether a file looks like a serialized Core ML model, by its first bytes. */
export function isCoreMLModel(source: ByteSource): boolean {
  const head = new Uint8Array(Math.min(HEAD, source.size));
  source.readInto(0, head);
  return (
    describeProtobuf(head)?.[2] === "coreml" || (head[0] === 8 && /\.mlmodel$/i.test(source.name))
  );
}

/** Whether a file looks like an ONNX model, by its first bytes. */
export function isOnnxModel(source: ByteSource): boolean {
  const kind = identify(source);
  return typeof kind !== "string" && kind.kind === "onnx";
}

/** What a zip file without a Keras model is, from its member names. */
export function describeZip(names: readonly string[]): string {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/(^|\/)data\.pkl$/)) return "This is a PyTorch checkpoint (a zip with a pickle inside)";
  if (names.length > 0 && names.every((name) => name.endsWith(".npy"))) {
    return "This is a NumPy .npz file of bare arrays";
  }
  if (has(/(^|\/)saved_model\.pb$/)) return "This is a zipped TensorFlow SavedModel";
  if (has(/\.mlpackage\//)) return "This is a zipped Core ML package";
  const inner = names.find((name) => /\.(keras|h5|hdf5)$/i.test(name));
  if (inner !== undefined && !names.includes("config.json")) {
    return `This is a zip file around another file, ${inner}: unzip it first`;
  }
  return "This is a zip file, but not one that Keras writes";
}

const HEAD = 2048;
const SUPPORTED = "A Keras model is an HDF5 file (.h5, .hdf5, .keras of old) or a zip (.keras).";
const RESAVE = 'Save it from Keras with model.save("model.keras") or model.save("model.h5").';

const FROM_ONNX =
  "ONNX models are shown (kc summary, inspect, plot), but not converted: use the Keras file that it was made from.";

/** What may follow the version of an ONNX model without a producer's name: other texts, the graph, the operators. */
const ONNX_FIELDS: ReadonlySet<number> = new Set([0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

const SAVED_MODEL =
  'Load its folder with tf.keras.models.load_model and save it with model.save("model.h5").';

type Description = readonly [what: string, hint: string, kind?: OtherKind | undefined];

function describe(source: ByteSource, head: Uint8Array, text: string | undefined): Description {
  if (source.size === 0) return ["The file is empty (0 bytes).", "Fetch it again.", "empty"];
  return describeText(text) ?? describeBytes(head) ?? unknown(source, head);
}

function describeText(text: string | undefined): Description | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith("version https://git-lfs")) {
    const size = /^size (\d+)/m.exec(text)?.[1];
    const real = size === undefined ? "" : `; the model itself has ${size} bytes`;
    return [
      `This is a Git LFS pointer, not the model${real}.`,
      "Fetch the model: git lfs pull",
      "lfs-pointer",
    ];
  }
  if (/^<(!doctype html|html|head|\?xml)/i.test(text)) {
    const title = /<title[^>]*>\s*([^<]{1,80}?)\s*</i.exec(text)?.[1];
    const called = title === undefined ? "" : ` titled "${title}"`;
    return [
      `This is a web page${called}, not a model.`,
      "The download was answered by a login or error page. Fetch the file itself, the raw one.",
      "web-page",
    ];
  }
  const line = text.split("\n", 1)[0]?.slice(0, 60) ?? "";
  return [`This is a text file that begins with ${JSON.stringify(line)}.`, SUPPORTED];
}

function describeBytes(head: Uint8Array): Description | undefined {
  const known = MAGIC.find(([at, bytes]) => startsWith(head.subarray(at), bytes));
  if (known !== undefined) return [`This is ${known[2]}.`, known[3], known[4]];
  if (startsWith(SIGNATURE.slice(0, head.length), [...head])) {
    return [
      `This is an HDF5 file truncated at byte ${head.length}.`,
      "Fetch it again.",
      "truncated",
    ];
  }
  return describeProtobuf(head);
}

/**
 * All begin with a small version number; then ONNX has its producer's name, Core ML a message, and a SavedModel
 * the list of its operations with their types.
 */
function describeProtobuf(head: Uint8Array): Description | undefined {
  const [tag, version = 0, second, length = 0, inner = 0] = head;
  if (tag !== 8 || version === 0 || version > 30) return undefined;
  if (ONNX_FIELDS.has(second ?? 0)) return ["This looks like an ONNX model.", FROM_ONNX, "onnx"];
  if (second !== 0x12) return undefined;
  if (hasText(head, "\u0004type")) {
    return ["This is a TensorFlow SavedModel.", SAVED_MODEL, "saved-model"];
  }
  const name = textOf(head.subarray(4, 4 + Math.max(1, length)));
  if (inner !== 0x0a && name !== undefined) {
    return [`This looks like an ONNX model, made by ${JSON.stringify(name)}.`, FROM_ONNX, "onnx"];
  }
  return ["This looks like a Core ML model (.mlmodel) already.", SUPPORTED, "coreml"];
}

function unknown(source: ByteSource, head: Uint8Array): Description {
  const hex = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return [
    `This is no format that is known here (${source.size} bytes, the first are ${hex.join(" ")}).`,
    SUPPORTED,
  ];
}

/** UTF-8 text without control characters and without leading white space, or undefined. */
function textOf(bytes: Uint8Array): string | undefined {
  // The cut at the end of the head may split a character; stream mode waits for the rest.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const text = decoder.decode(bytes, { stream: true }).trimStart();
    const printable = [...text].every((char) => char >= " " || "\t\n\r\f".includes(char));
    return printable && text !== "" ? text : undefined;
  } catch {
    return undefined;
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.length <= bytes.length && magic.every((byte, at) => bytes[at] === byte);
}

function hasText(bytes: Uint8Array, text: string): boolean {
  return bytes.some((_, at) => startsWith(bytes.subarray(at), ascii(text)));
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const UNPACK = "Unpack it first.";

const MAGIC: readonly (readonly [number, readonly number[], string, string, OtherKind?])[] = [
  [4, ascii("TFL3"), "a TensorFlow Lite model", RESAVE],
  [257, ascii("ustar"), "a tar archive", UNPACK],
  [0, [0x1f, 0x8b], "a gzip file", UNPACK],
  [0, ascii("BZh"), "a bzip2 file", UNPACK],
  [0, [0xfd, ...ascii("7zXZ")], "an xz file", UNPACK],
  [0, [0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file", UNPACK],
  [0, [...ascii("7z"), 0xbc, 0xaf], "a 7-Zip archive", UNPACK],
  [0, ascii("Rar!"), "a RAR archive", UNPACK],
  [0, [0x93, ...ascii("NUMPY")], "a NumPy .npy array", RESAVE, "npy"],
  [0, ascii("GGUF"), "a GGUF language model", SUPPORTED],
  [0, ascii("%PDF"), "a PDF document", SUPPORTED],
  [0, [0x89, ...ascii("PNG")], "a PNG picture", SUPPORTED],
  [0, [0xff, 0xd8, 0xff], "a JPEG picture", SUPPORTED],
  [8, ascii('{"'), "a safetensors file of bare weights", SUPPORTED],
  [0, [0x80, 2], "a Python pickle, which is never opened here", RESAVE, "pickle"],
  [0, [0x80, 3], "a Python pickle, which is never opened here", RESAVE, "pickle"],
  [0, [0x80, 4], "a Python pickle, which is never opened here", RESAVE, "pickle"],
  [0, [0x80, 5], "a Python pickle, which is never opened here", RESAVE, "pickle"],
];

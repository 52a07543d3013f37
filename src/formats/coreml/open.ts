import { fail } from "../../errors.ts";
import { type ByteFolder, type ByteSource, isFolder, readBytes } from "../bytes.ts";
import { openZip, type Zip } from "../zip.ts";
import { decodeModel } from "./decode.ts";
import { isInnerPath, readManifest } from "./manifest.ts";
import type { Model } from "./types.gen.ts";

/** Finds the weight file that a program calls `@model_path/weights/weight.bin`. Throws `corrupt-file` without it. */
export type BlobLookup = (fileName: string) => ByteSource;

/** Where a Core ML model lies. */
export interface CoreMLPlace {
  /** The serialized model. */
  readonly source: ByteSource;
  /** Its path within a package folder or zip file; empty where the input is the model itself. */
  readonly path: string;
  /** A bare `.mlmodel`, or a package: a folder `.mlpackage`, plain or zipped. */
  readonly container: "mlmodel" | "mlpackage";
  readonly zipped: boolean;
  readonly blobs: BlobLookup;
}

/** A Core ML model from whatever holds it. */
export interface CoreMLFile extends Pick<CoreMLPlace, "container" | "blobs"> {
  readonly model: Model;
}

/**
 * Opens a `.mlmodel` file, a `.mlpackage` folder, or either of them zipped. Weights of a program stay in their
 * file; those of a neural network are part of the model.
 *
 * @throws KcError `bad-format` for anything else, `corrupt-file` for what is damaged or leads out of the package,
 *   `unsupported` for later formats, `limit` for what is too large to be true.
 */
export function openCoreML(input: ByteSource | ByteFolder): CoreMLFile {
  const { source, container, blobs } = locateCoreML(input);
  return { model: decodeSource(source), container, blobs };
}

/** Finds the model in whatever holds it, without reading it. Throws as `openCoreML` does. */
export function locateCoreML(input: ByteSource | ByteFolder): CoreMLPlace {
  if (isFolder(input)) return locateInPackage(input);
  if (isZip(input)) return locateInZip(input);
  return bareModel(input, "", false);
}

function bareModel(source: ByteSource, path: string, zipped: boolean): CoreMLPlace {
  return { source, path, container: "mlmodel", zipped, blobs: noBlobs(source.name) };
}

const MANIFEST = "Manifest.json";
const MODEL_PATH = "@model_path/";
/** What protobuf itself can address. */
const LARGEST_MODEL = 2 ** 31 - 1;

function locateInPackage(folder: ByteFolder): CoreMLPlace {
  const source = folder.open(MANIFEST);
  if (source === undefined) return noPackage(folder);
  const { model } = readManifest(source);
  // Other items are looked for when they are wanted: an empty folder of weights is lost on the way through zip or git.
  if (!folder.has(model)) missing(folder, model);
  const file = folder.open(model);
  if (file === undefined) {
    return fail("bad-format", `The root model ${model} is a folder, expected a .mlmodel file.`, {
      at: { file: folder.name },
    });
  }
  const place = model.slice(0, model.lastIndexOf("/") + 1);
  return {
    source: file,
    path: model,
    container: "mlpackage",
    zipped: false,
    blobs: (fileName) => {
      const path = fileName.startsWith(MODEL_PATH) ? fileName.slice(MODEL_PATH.length) : "";
      if (!isInnerPath(path)) {
        return fail(
          "corrupt-file",
          `The weight file ${JSON.stringify(fileName)} lies outside the package.`,
          {
            at: { file: folder.name },
          },
        );
      }
      return folder.open(place + path) ?? missing(folder, place + path);
    },
  };
}

function noPackage(folder: ByteFolder): never {
  const compiled = folder.has("coremldata.bin") || folder.has("model.mil");
  return fail(
    "bad-format",
    compiled
      ? `${folder.name} is a compiled Core ML model (.mlmodelc), which is not read.`
      : `${folder.name} is a folder without ${MANIFEST}, so it is no Core ML package.`,
    {
      hint: compiled
        ? "Take the .mlmodel or .mlpackage that it was compiled from."
        : "Give the .mlpackage folder itself.",
    },
  );
}

function missing(folder: ByteFolder, path: string): never {
  return fail("corrupt-file", `The package lacks ${path}.`, {
    at: { file: folder.name },
    hint: "Copy the whole .mlpackage folder, with everything in it.",
  });
}

function noBlobs(name: string): BlobLookup {
  return (fileName) =>
    fail(
      "bad-format",
      `The program keeps weights in ${JSON.stringify(fileName)}, beside this file.`,
      {
        at: { file: name },
        hint: "Give the .mlpackage folder that the file was taken from.",
      },
    );
}

function decodeSource(source: ByteSource): Model {
  const { size, name } = source;
  if (size > LARGEST_MODEL) {
    fail("limit", `The file has ${size} bytes, expected at most ${LARGEST_MODEL}.`, {
      at: { file: name },
    });
  }
  return decodeModel(readBytes(source, 0, size, "The model"), { file: name });
}

function isZip(source: ByteSource): boolean {
  const head = new Uint8Array(Math.min(source.size, 4));
  source.readInto(0, head);
  return head.length === 4 && head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) < 8;
}

/** A package within a zip file, in a folder of any name, or a single `.mlmodel`. */
function locateInZip(source: ByteSource): CoreMLPlace {
  const zip = openZip(source);
  // Macs add a folder of resource forks.
  const names = zip.names.filter((name) => !name.startsWith("__MACOSX/"));
  const manifests = names.filter((name) => name === MANIFEST || name.endsWith(`/${MANIFEST}`));
  const models = names.filter((name) => name.endsWith(".mlmodel"));
  const [manifest] = manifests;
  if (manifest !== undefined && manifests.length === 1) {
    const prefix = manifest.slice(0, -MANIFEST.length);
    const place = locateInPackage(zipFolder(zip, source.name, prefix));
    return { ...place, path: prefix + place.path, zipped: true };
  }
  const [model] = models;
  if (manifest === undefined && model !== undefined && models.length === 1) {
    // Not opened by its first bytes: a zip file may contain itself.
    return bareModel(zip.open(model), model, true);
  }
  const count = manifest === undefined ? models.length : manifests.length;
  return fail("bad-format", `The zip file holds ${count} Core ML models, expected one.`, {
    at: { file: source.name },
    hint: "Unzip it and give the .mlpackage folder or the .mlmodel file.",
  });
}

function zipFolder(zip: Zip, name: string, prefix: string): ByteFolder {
  const names = new Set(zip.names);
  return {
    name,
    open: (path) => (names.has(prefix + path) ? zip.open(prefix + path) : undefined),
    has: (path) =>
      names.has(prefix + path) || zip.names.some((one) => one.startsWith(`${prefix}${path}/`)),
  };
}

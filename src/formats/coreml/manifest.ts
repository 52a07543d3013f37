import { fail, type Place } from "../../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type ByteSource, readBytes } from "../bytes.ts";

/** What the `Manifest.json` of a package says; paths relative to the package, checked to stay in its `Data`. */
export interface Manifest {
  /** Path of the root model: `Data/com.apple.CoreML/model.mlmodel`. */
  readonly model: string;
}

/**
 * Reads a `Manifest.json`.
 *
 * @throws KcError `corrupt-file` when it is damaged or leads out of the package, `unsupported` for
 *   another version, `limit` when it is huge.
 * @see coremltools modelpackage/src/ModelPackage.cpp
 */
export function readManifest(source: ByteSource): Manifest {
  const at: Place = { file: source.name };
  const json = parse(source, at);
  const version = json.fileFormatVersion;
  if (typeof version !== "string" || !version.startsWith("1.")) {
    fail(
      "unsupported",
      `The manifest has version ${JSON.stringify(version ?? null)}, expected "1.0.0".`,
      {
        at,
      },
    );
  }
  const { rootModelIdentifier: root, itemInfoEntries: entries } = json;
  if (!isJsonObject(entries)) return wrong("has no list of items", at);
  const paths = new Map(
    Object.entries(entries).map(([id, entry]) => [id, itemPath(entry, id, at)]),
  );
  const model = typeof root === "string" ? paths.get(root) : undefined;
  if (model === undefined) {
    return wrong(`names ${JSON.stringify(root ?? null)} as the root model, which is no item`, at);
  }
  return { model };
}

/** Whether a path stays where it starts: plain names between single slashes. */
export function isInnerPath(path: string): boolean {
  const parts = path.split("/");
  return (
    !/[\\:\0]/.test(path) && parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}

const MOST_BYTES = 2 ** 20;

function parse(source: ByteSource, at: Place): JsonObject {
  if (source.size > MOST_BYTES) {
    fail("limit", `The manifest has ${source.size} bytes, expected at most ${MOST_BYTES}.`, { at });
  }
  const text = new TextDecoder().decode(readBytes(source, 0, source.size, "The manifest"));
  try {
    const json: Json = JSON.parse(text);
    return isJsonObject(json) ? json : wrong("is no JSON object", at);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return wrong("is no JSON", at);
  }
}

function itemPath(entry: Json, id: string, at: Place): string {
  const path = isJsonObject(entry) ? entry.path : undefined;
  if (typeof path !== "string") return wrong(`gives no path for the item "${id}"`, at);
  if (!isInnerPath(path))
    return wrong(`has the path ${JSON.stringify(path)}, which may lead out of the package`, at);
  return `Data/${path}`;
}

function wrong(text: string, at: Place): never {
  return fail("corrupt-file", `The manifest ${text}.`, {
    at,
    hint: "The package is damaged; fetch it again.",
  });
}

import type { ByteSource, OutputBytes, OutputFile } from "../../formats/bytes.ts";
import { type GroupDraft, writeHdf5 } from "../../formats/hdf5-writer/index.ts";
import type { Zip } from "../../formats/zip.ts";
import { writeZip } from "../../formats/zip-write.ts";
import type { JsonObject } from "../../json.ts";
import { writeJson } from "./write-json.ts";

const WEIGHTS = "model.weights.h5";

/** A `.keras` archive. */
export function packArchive(weights: GroupDraft, config: JsonObject, version: string): OutputBytes {
  return writeZip([
    textMember("metadata.json", { keras_version: version }),
    textMember("config.json", config),
    { ...writeHdf5(weights), path: WEIGHTS },
  ]);
}

/** A `.keras` archive as it is, with other weights; `config` where it has changed too. */
export function repackArchive(
  zip: Zip,
  weights: GroupDraft,
  config: JsonObject | undefined,
): OutputBytes {
  return writeZip(
    zip.names.map((path): OutputFile => {
      if (path === WEIGHTS) return { ...writeHdf5(weights), path };
      if (path === "config.json" && config !== undefined) return textMember(path, config);
      return copyMember(path, zip.open(path));
    }),
  );
}

function textMember(path: string, json: JsonObject): OutputFile {
  const bytes = new TextEncoder().encode(writeJson(json));
  return { path, byteLength: bytes.length, chunks: () => [bytes] };
}

const PIECE = 1 << 18;

function copyMember(path: string, source: ByteSource): OutputFile {
  return {
    path,
    byteLength: source.size,
    *chunks() {
      const buffer = new Uint8Array(Math.min(PIECE, source.size));
      for (let at = 0; at < source.size; at += PIECE) {
        const part = buffer.subarray(0, Math.min(PIECE, source.size - at));
        source.readInto(at, part);
        yield part;
      }
    },
  };
}

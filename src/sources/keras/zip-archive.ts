import { fail } from "../../errors.ts";
import { type ByteSource, readBytes } from "../../formats/bytes.ts";
import { describeZip } from "../../formats/detect.ts";
import { openHdf5 } from "../../formats/hdf5/index.ts";
import { openZip, type Zip } from "../../formats/zip.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import type { ArchiveOptions, KerasArchive } from "./archive.ts";
import { generationOf } from "./dialect.ts";
import type { Dialect } from "./layer-spec.ts";
import { optimizerIn } from "./optimizer-group.ts";
import { parseObject } from "./python-json.ts";

/** Opens a `.keras` archive: `config.json`, `metadata.json` and `model.weights.h5`. */
export function openZipArchive(source: ByteSource, options: ArchiveOptions): KerasArchive {
  const zip = openZip(source);
  if (!zip.names.includes("config.json")) return refuseZip(zip, source);
  const config = readJson(zip, source, "config.json");
  const metadata = zip.names.includes("metadata.json")
    ? readJson(zip, source, "metadata.json")
    : {};
  const { keras_version: stated } = metadata;
  const version = typeof stated === "string" ? stated : "";
  const generation = generationOf(version) ?? 3;
  const dialect: Dialect = { generation, version, backend: options.backend ?? "" };
  if (!zip.names.includes(WEIGHTS)) return refuseWeights(zip, source);
  const { root } = openHdf5(zip.open(WEIGHTS));
  const { compile_config: training } = config;
  const given = options.architecture;
  const trained = isJsonObject(training) ? { training } : {};
  return {
    container: ".keras",
    dialect,
    model: given === undefined ? config : parseObject(given, "the architecture"),
    ...trained,
    weights: { kind: "state", dialect, root },
    ...optimizerIn(root, "optimizer"),
    origin: { root, zip, model: config, ...trained },
  };
}

const WEIGHTS = "model.weights.h5";

/** Far more than any architecture takes. */
const MAX_JSON = 256 * 2 ** 20;

function readJson(zip: Zip, source: ByteSource, name: string): JsonObject {
  const member = zip.open(name);
  if (member.size > MAX_JSON) {
    fail("limit", `The member is ${member.size} bytes long, more than ${MAX_JSON}.`, {
      at: { file: source.name, path: name },
    });
  }
  const bytes = readBytes(member, 0, member.size, "The JSON");
  return parseObject(new TextDecoder().decode(bytes), source.name, name);
}

function refuseWeights(zip: Zip, source: ByteSource): never {
  const at = { file: source.name };
  if (zip.names.includes("model.weights.npz")) {
    fail("unsupported", "The weights in this .keras archive are a NumPy file of pickled objects.", {
      at,
      hint: "Load it in Keras 3 with h5py installed and save it again.",
    });
  }
  if (zip.names.some((name) => name.endsWith(".weights.json"))) {
    fail("unsupported", "The weights in this .keras archive are spread over several files.", {
      at,
      hint: "Load it in Keras 3 and save it again without max_shard_size.",
    });
  }
  return fail("bad-weights", "The .keras archive holds no weights (model.weights.h5).", {
    at,
    hint: 'Save the model again with model.save("model.keras").',
  });
}

function refuseZip(zip: Zip, source: ByteSource): never {
  const holds = zip.names.slice(0, 6).join(", ");
  return fail("bad-format", `${describeZip(zip.names)}.`, {
    at: { file: source.name },
    hint: `A .keras archive holds config.json and ${WEIGHTS}; this one holds ${holds === "" ? "nothing" : holds}.`,
  });
}

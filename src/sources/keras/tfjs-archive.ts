import { fail } from "../../errors.ts";
import type { ByteSource } from "../../formats/bytes.ts";
import { readManifest } from "../../formats/tfjs/manifest.ts";
import { tfjsForm } from "../../formats/tfjs/model-json.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import type { ArchiveOptions, KerasArchive } from "./archive.ts";
import { architectureDialect, generationOf } from "./dialect.ts";
import type { Dialect } from "./layer-spec.ts";
import { readLoneJson, refuseJson } from "./lone-json.ts";
import { parseObject } from "./python-json.ts";
import type { StoredWeight } from "./weight-store.ts";

/**
 * Opens a layers model of TensorFlow.js: `model.json`, with the weights in files beside it. tensorflowjs_converter puts
 * Keras' own `model_config` into it, tfjs the bare topology in the spelling of Keras 2.
 */
export function openTfjsArchive(source: ByteSource, options: ArchiveOptions): KerasArchive {
  const json = readLoneJson(source);
  const at = { file: source.name };
  switch (tfjsForm(json)) {
    case undefined:
      return refuseJson(json, source);
    case "graph-model":
      return fail(
        "bad-format",
        "This is a graph model of TensorFlow.js: operations of TensorFlow, not layers.",
        { at, hint: "Use the Keras file that it was made from, or a layers model." },
      );
    case "layers-model":
      break;
  }
  const topology = topologyOf(json, source, options);
  const inner = topology.model_config;
  const dialect = dialectOf(json, topology, options);
  const training = topology.training_config ?? json.trainingConfig;
  const weights = readManifest(json.weightsManifest, source).flatMap(
    ({ name, dtype, optimizer, ref }): readonly StoredWeight[] => {
      if (optimizer) return [];
      if (ref !== undefined) return [{ name, ref }];
      return fail("bad-weights", `The weight "${name}" is of type ${dtype}, expected numbers.`, {
        at,
      });
    },
  );
  return {
    container: "TensorFlow.js",
    dialect,
    model: isJsonObject(inner) ? inner : topology,
    ...(isJsonObject(training) ? { training } : {}),
    weights: { kind: "named", dialect, weights },
  };
}

/**
 * What tensorflowjs_converter made means what the Keras meant that it came from. What was made for tfjs means what tfjs
 * computes, which is what Keras 2 computed: sizes without half pixels, and the like.
 */
function dialectOf(json: JsonObject, topology: JsonObject, options: ArchiveOptions): Dialect {
  const { generation, version, backend } = architectureDialect(topology);
  const forTfjs = json.convertedBy === "keras-converter" || generationOf(version) === undefined;
  return {
    generation: forTfjs && generation !== 3 ? 2 : generation,
    version,
    backend: options.backend ?? backend,
  };
}

function topologyOf(json: JsonObject, source: ByteSource, options: ArchiveOptions): JsonObject {
  if (options.architecture !== undefined)
    return parseObject(options.architecture, "the architecture");
  const { modelTopology } = json;
  if (isJsonObject(modelTopology)) return modelTopology;
  return fail("bad-weights", "The TensorFlow.js model holds weights only, not the architecture.", {
    at: { file: source.name },
    hint: "Give the architecture too: --architecture model.json, made with model.to_json() in Keras.",
  });
}

import type { ByteSource } from "../formats/bytes.ts";
import { readManifest, weightFilesOf } from "../formats/tfjs/manifest.ts";
import { tfjsForm } from "../formats/tfjs/model-json.ts";
import { leadsAway } from "../formats/tfjs/weight-files.ts";
import type { JsonObject } from "../json.ts";
import { statisticsOf } from "../weights/statistics.ts";
import type { Findings } from "./finding.ts";
import { judgeNumbers } from "./judge-numbers.ts";
import { NOTHING_KNOWN, scanModel } from "./model.ts";
import { judgeNamed } from "./numbers.ts";

/** Looks through the weights of a model of TensorFlow.js, whose `model.json` was looked through before. */
export function scanTfjs(json: JsonObject, source: ByteSource, findings: Findings): void {
  const { weightsManifest } = json;
  const away = weightFilesOf(weightsManifest).filter(leadsAway);
  for (const path of away) {
    const text = `A file of weights is called ${JSON.stringify(path.slice(0, 200))}.`;
    findings.add("tfjs/unsafe-path", { path: "weightsManifest" }, text);
  }
  if (away.length > 0) return;
  const arrays = findings.attempt(
    {},
    () => "weights/mismatch",
    () => readManifest(weightsManifest, source),
  );
  if (arrays === undefined) return;
  const layers = tfjsForm(json) === "layers-model";
  const known = layers ? scanModel(source, findings) : NOTHING_KNOWN;
  for (const { ref, optimizer } of arrays) {
    if (ref === undefined) continue;
    const { id: path } = ref;
    const float = ref.dtype === "float32";
    const statistics = statisticsOf(ref);
    if (optimizer) judgeNumbers({ path }, statistics, { ...STATE, float }, findings);
    else judgeNamed({ path, float }, statistics, known, findings);
  }
}

/** What tfjs' optimizers keep. */
const STATE = { variance: false, kernel: false, optimizer: true } as const;

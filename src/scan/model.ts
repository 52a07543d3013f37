import type { Diagnostic } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import type { Graph } from "../ir/graph.ts";
import { readKeras } from "../sources/keras/index.ts";
import type { Findings } from "./finding.ts";
import type { KnownWeights } from "./numbers.ts";
import type { RuleId } from "./rules.ts";

/** Nothing is known of any array. */
export const NOTHING_KNOWN: KnownWeights = { variances: new Map(), layers: new Map() };

/**
 * Reads a file as a Keras model and judges whether the weights fit the architecture. Layers that are not known are no
 * finding: their weights are only compared with what their neighbours need.
 */
export function scanModel(source: ByteSource, findings: Findings): KnownWeights {
  const model = findings.attempt(
    {},
    (found) => modelRule(found, findings),
    () => readKeras(source, { placeholders: true }),
  );
  return model === undefined ? NOTHING_KNOWN : knownWeights(model.graph);
}

/** What is wrong with the container was found before, with its place. */
function modelRule(found: Diagnostic, { all }: Findings): RuleId | undefined {
  switch (found.code) {
    case "bad-weights":
      return "weights/mismatch";
    case "bad-shape":
      // An input whose shape the file leaves open is no fault of it.
      return found.at?.layer === undefined ? undefined : "weights/mismatch";
    case "bad-config":
      return "config/not-keras";
    case "unsupported":
      return undefined;
    default:
      return all.some(({ rule }) => DAMAGED.test(rule)) ? undefined : "weights/mismatch";
  }
}

const DAMAGED = /^(?:hdf5\/(?:damaged|limit|bomb|overlap)|zip\/|config\/)/;

function knownWeights(graph: Graph): KnownWeights {
  const variances = new Map<string, string>();
  const layers = new Map<string, string>();
  for (const { op, origin } of graph.nodes) {
    for (const weight of Object.values(op.weights)) layers.set(weight.id, origin.layer);
    if (op.kind === "batchNorm") variances.set(op.weights.variance.id, origin.layer);
  }
  return { variances, layers };
}

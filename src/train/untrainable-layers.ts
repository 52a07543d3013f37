import { createDiagnostics, throwIfErrors } from "../errors.ts";
import type { Graph, Node } from "../ir/graph.ts";
import { isTrained, trainableRoles } from "../ir/trainable-roles.ts";
import { generationOf } from "./keras-generation.ts";

/** Throws `unsupported` with every layer that Keras trains in a way of its own, which the graph does not show. */
export function refuseUntrainableLayers({ nodes, source }: Graph): void {
  const log = createDiagnostics();
  const isKeras3 = generationOf(source.version).kind === "keras-3";
  const told = new Set<string>();
  for (const node of nodes) {
    const text = reasonOf(node, isKeras3);
    const { layer, className } = node.origin;
    if (text === undefined || told.has(layer)) continue;
    told.add(layer);
    log.error({ code: "unsupported", text, at: { layer, className } });
  }
  throwIfErrors(log);
}

function reasonOf(node: Node, isKeras3: boolean): string | undefined {
  const { className, config } = node.origin;
  // In each batch, trained or not. @see keras/src/layers/normalization/spectral_normalization.py (3)
  if (className === "SpectralNormalization") {
    return "the kernel that it divides by its norm in every step is not followed while training here.";
  }
  if (!isTrained(node)) return undefined;
  if ((config.lora_rank ?? null) !== null) return "LoRA adapters are not trained here.";
  if (trainableRoles(node).some(([, { id }]) => isRepeated(id))) {
    return "heads that share keys and values are not trained here.";
  }
  // The layer runs once for each time step, with statistics of its own. @see keras/src/layers/rnn/time_distributed.py (3)
  if (isKeras3 && className === "TimeDistributed" && node.op.kind === "batchNorm") {
    return "batch normalisation of each time step apart is not done while training here.";
  }
  return undefined;
}

/** Whether a joined weight has some part twice. */
function isRepeated(id: string): boolean {
  const [, list] = /^concat\(\d+;(.*)\)/.exec(id) ?? [];
  const parts = list?.split(";") ?? [];
  return new Set(parts).size < parts.length;
}

import { fail } from "../../../errors.ts";
import type { Graph } from "../../../ir/graph.ts";
import type { Op } from "../../../ir/ops/index.ts";
import { droppedShares } from "../../../ir/ops/recurrent.ts";

/** What a translation changed on purpose. */
export interface Changes {
  /** New paths of layers that say it in other words. */
  readonly rewritten: ReadonlySet<string>;
  /** New path of each layer by its old one. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Of the new generation. */
  readonly title: string;
}

/**
 * Whether each layer of a translated model computes what it computed before. Throws `unsupported`, naming the first that does not:
 * a generation of Keras may mean something else by the same words. Layers in `rewritten` say it in other words and are left
 * out.
 */
export function checkMeaning(
  before: Graph,
  after: Graph,
  { rewritten, renamed, title }: Changes,
): void {
  const [old, now] = [stepsByLayer(before), stepsByLayer(after)];
  for (const [layer, steps] of old) {
    const name = renamed.get(layer) ?? layer;
    if (rewritten.has(name) || steps.text === now.get(name)?.text) continue;
    fail("unsupported", `in ${title} a layer of this kind computes something else.`, {
      at: { layer, className: steps.className },
      hint: "Write the file's own generation instead, or replace the layer in the model.",
    });
  }
}

interface Steps {
  readonly className: string;
  text: string;
}

function stepsByLayer({ nodes, types }: Graph): ReadonlyMap<string, Steps> {
  const layers = new Map<string, Steps>();
  for (const { op, origin, outputs } of nodes) {
    const { weights, ...facts } = comparable(op);
    const roles = Object.entries(weights).map(([role, ref]) => [role, ref?.shape ?? null]);
    const shapes = outputs.map((value) => types.get(value)?.shape ?? null);
    const steps = layers.get(origin.layer) ?? { className: origin.className, text: "" };
    layers.set(origin.layer, steps);
    steps.text += `${JSON.stringify([origin.call, sorted(facts), roles.sort(), shapes])}\n`;
  }
  return layers;
}

/** How a cell drops is the generation's own, and nothing that a prediction sees. */
function comparable(op: Op): Pick<Op, "weights"> & object {
  if (op.kind !== "recurrent" && op.kind !== "convLstm") return op;
  const { dropout: _, ...rest } = op;
  const drops = droppedShares(op);
  return { ...rest, ...(drops === undefined ? {} : { drops }) };
}

function sorted(facts: object): object {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

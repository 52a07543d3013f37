import { GATES, type RecurrentOp } from "../../../ir/ops/recurrent.ts";
import type { WeightRef } from "../../../ir/tensor.ts";
import { type ConfigReader, createConfigReader } from "../config.ts";
import type { Dialect, LayerCall, WeightSlot } from "../layer-spec.ts";
import { modernise } from "../versions.ts";
import { readActivation } from "./activation-config.ts";
import { cellDropout } from "./cell-dropout.ts";

/** One recurrent cell of a layer: which kind, its config, and where its weights are. */
export interface Cell {
  readonly kind: RecurrentOp["cell"];
  readonly className: string;
  readonly config: ConfigReader;
  /** Before the role of each of its weights: empty, `cell_0/`, `forward/`. */
  readonly prefix: string;
}

/** The weights of one cell. */
export interface CellWeights {
  readonly kernel: WeightRef;
  readonly recurrentKernel: WeightRef;
  readonly bias?: WeightRef;
}

/** Facts that the op says about its cell. */
export type CellFacts = Pick<
  RecurrentOp,
  "cell" | "units" | "activation" | "recurrentActivation" | "resetAfter" | "dropout"
>;

const KINDS: ReadonlyMap<string, Cell["kind"]> = new Map<string, Cell["kind"]>([
  ["SimpleRNN", "simple"],
  ["SimpleRNNCell", "simple"],
  ["LSTM", "lstm"],
  ["LSTMV2", "lstm"],
  ["LSTMCell", "lstm"],
  ["LSTMCellV2", "lstm"],
  ["CuDNNLSTM", "lstm"],
  ["GRU", "gru"],
  ["GRUV2", "gru"],
  ["GRUCell", "gru"],
  ["GRUCellV2", "gru"],
  ["CuDNNGRU", "gru"],
]);

/** The cells of a recurrent layer, first to last; undefined when one of them is a class unknown here. */
export function cellsOf(
  className: string,
  config: ConfigReader,
  prefix: string,
): readonly Cell[] | undefined {
  const kind = KINDS.get(className);
  if (kind !== undefined) return [{ kind, className, config, prefix }];
  if (className === "RNN") {
    const cell = config.object("cell");
    return cell === undefined ? undefined : serialisedCell(cell, prefix);
  }
  if (className !== "StackedRNNCells") return undefined;
  const cells = config
    .objects("cells")
    .map((cell, index) => serialisedCell(cell, `${prefix}cell_${index}/`));
  return cells.every((cell) => cell !== undefined) ? cells.flat() : undefined;
}

/** Weights of the cells in file order. */
export function cellSlots(cells: readonly Cell[]): readonly WeightSlot[] {
  return cells.flatMap(({ config, prefix }) => [
    { role: `${prefix}kernel` },
    { role: `${prefix}recurrent_kernel` },
    ...(config.bool("use_bias", true) ? [{ role: `${prefix}bias` }] : []),
  ]);
}

/** What the config of a cell says. The shape of the bias settles `reset_after`, which older files do not state. */
export function cellFacts(call: LayerCall, cell: Cell): CellFacts {
  const { config, kind, className, prefix } = cell;
  const fused = className.startsWith("CuDNN");
  const stored = call.storedShape(`${prefix}bias`);
  const resetAfter =
    kind === "gru" &&
    (stored === undefined ? fused || config.bool("reset_after", false) : stored.length === 2);
  const made: CellFacts = {
    cell: kind,
    units: config.int("units"),
    activation: fused ? { fn: "tanh" } : readActivation(call, config, "activation", 2),
    recurrentActivation:
      fused || kind === "simple"
        ? { fn: "sigmoid" }
        : readActivation(call, config, "recurrent_activation", 2),
    resetAfter,
  };
  return { ...made, ...cellDropout(call.dialect, cell, made) };
}

/** The weights of a cell that reads `features` numbers per step. */
export function cellWeights(
  call: LayerCall,
  cell: Cell,
  facts: CellFacts,
  features: number,
): CellWeights {
  const columns = GATES[cell.kind] * facts.units;
  const { prefix } = cell;
  const kernel = call.weight(`${prefix}kernel`, [features, columns]);
  const recurrentKernel = call.weight(`${prefix}recurrent_kernel`, [facts.units, columns]);
  const shape = facts.resetAfter ? [2, columns] : [columns];
  const bias = call.optionalWeight(`${prefix}bias`, shape);
  return bias === undefined ? { kernel, recurrentKernel } : { kernel, recurrentKernel, bias };
}

/**
 * The cells of a layer that stands serialised under `key`; undefined when there is none or its class is unknown. What
 * is held inside a config still has the spelling of its file.
 */
export function heldCells(
  config: ConfigReader,
  key: string,
  prefix: string,
  dialect: Dialect,
): { readonly config: ConfigReader; readonly cells: readonly Cell[] } | undefined {
  const layer = config.object(key);
  const held = layer?.object("config");
  if (layer === undefined || held === undefined) return undefined;
  const modern = modernise(plainName(layer), held.json, dialect);
  const inner = createConfigReader(modern.config, held.at);
  const cells = cellsOf(modern.className, inner, prefix);
  return cells === undefined ? undefined : { config: inner, cells };
}

function serialisedCell(cell: ConfigReader, prefix: string): readonly Cell[] | undefined {
  const config = cell.object("config");
  if (config === undefined) return undefined;
  return cellsOf(plainName(cell), config, prefix);
}

function plainName(layer: ConfigReader): string {
  const name = layer.string("class_name", "");
  return name.slice(name.lastIndexOf(">") + 1);
}

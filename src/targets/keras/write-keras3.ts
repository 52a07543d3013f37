import { writeHdf5 } from "../../formats/hdf5-writer/index.ts";
import type { WeightTable } from "../../sources/keras/match-groups.ts";
import type { LayerConfig } from "../../sources/keras/topology.ts";
import { legacyFile } from "./legacy/file.ts";
import { weightGroups } from "./legacy/weight-groups.ts";
import { moveTable } from "./move-table.ts";
import { optimizerArrays } from "./optimizer/arrays.ts";
import type { OptimizerContent } from "./optimizer/content.ts";
import { lostOptimizer, putLegacyOptimizer, putStateOptimizer } from "./optimizer/put.ts";
import { packArchive } from "./pack.ts";
import { type KerasSource, optimizerOf } from "./source.ts";
import { stateWeights } from "./state-weights.ts";
import { legacyTraining } from "./training-forms.ts";
import { KERAS3, type Keras3Content, upgrade } from "./upgrade.ts";
import type { KerasContainer, WrittenFile } from "./write.ts";

/** A model of an older generation in the words of Keras 3. Throws `unsupported` with all that stands in the way. */
export function writeKeras3(source: KerasSource, container: KerasContainer): WrittenFile {
  const content = upgrade(source.traced);
  const { model, table, json, compile, warnings } = content;
  const context = { table, specs: source.traced.specs, dialect: KERAS3 };
  const state = optimizerState({ ...source, traced: content.traced }, content);
  const told = [...warnings, ...state.warnings];
  if (container === ".h5") {
    const training = legacyTraining(compile);
    const parts = { model: json, dialect: KERAS3, ...(training === undefined ? {} : { training }) };
    const root = legacyFile(weightGroups(model, context), parts);
    if (state.arrays !== undefined) putLegacyOptimizer(root, state.arrays);
    return { file: writeHdf5(root), warnings: told };
  }
  const root = stateWeights(model, context);
  if (state.arrays !== undefined) putStateOptimizer(root, state.arrays);
  if (container === ".weights.h5") return { file: writeHdf5(root), warnings: told };
  const config = {
    ...json,
    build_config: {},
    ...(compile === undefined ? {} : { compile_config: compile }),
  };
  return { file: packArchive(root, config, KERAS3.version), warnings: told };
}

/** The optimizer's arrays in the order of Keras 3; where that cannot be, a warning. */
function optimizerState(source: KerasSource, content: Keras3Content) {
  if (content.compile === undefined) return { warnings: [] };
  const { content: before, warnings } = optimizerOf(source);
  if (before === undefined) return { warnings };
  if (content.translation.scaled) {
    return {
      warnings: [...warnings, lostOptimizer("the weights of some gates had to be scaled.")],
    };
  }
  const { model, table, traced, compile } = content;
  const slots = new Map(
    [...before.slots].map(([name, slot]) => [name, moved(slot, content)] as const),
  );
  const after: OptimizerContent = { ...before, slots };
  const owner = { model, table, specs: traced.specs, dialect: KERAS3, training: compile };
  const arrays = optimizerArrays(after, owner);
  return typeof arrays === "string"
    ? { warnings: [...warnings, lostOptimizer(arrays)] }
    : { arrays, warnings };
}

function moved(slot: WeightTable, { model, traced }: Keras3Content): WeightTable {
  return moveTable(model, KERAS3, traced, (layer: LayerConfig) => slot.get(layer));
}

import type { Diagnostic } from "../../errors.ts";
import type { OutputBytes } from "../../formats/bytes.ts";
import { writeHdf5 } from "../../formats/hdf5-writer/index.ts";
import { allLayers } from "../../sources/keras/topology.ts";
import { legacyFile } from "./legacy/file.ts";
import { weightGroups } from "./legacy/weight-groups.ts";

import { type OptimizerArrays, optimizerArrays } from "./optimizer/arrays.ts";
import { lostOptimizer, putLegacyOptimizer, putStateOptimizer } from "./optimizer/put.ts";
import { packArchive } from "./pack.ts";
import { type KerasSource, optimizerOf } from "./source.ts";
import { stateWeights } from "./state-weights.ts";
import { legacyTraining } from "./training-forms.ts";
import { moveTable } from "./translation/move-table.ts";
import { type TranslatedContent, translated } from "./translation/translated.ts";
import type { Words } from "./translation/words.ts";
import type { KerasContainer, WrittenFile } from "./write.ts";

/** A model in the words of another generation. Throws `unsupported` with all that stands in the way. */
export function writeTranslated(
  source: KerasSource,
  container: KerasContainer,
  words: Words,
): WrittenFile {
  const content = translated(source.traced, words);
  const state = optimizerState({ ...source, traced: content.traced }, content);
  const warnings = [...content.warnings, ...state.warnings];
  const { generation } = words.dialect;
  const legacy = container === ".h5" || generation === 1 || generation === 2;
  const file = legacy
    ? legacyBytes(content, container, state.arrays)
    : stateBytes(content, container, state.arrays);
  return { file, warnings };
}

function legacyBytes(
  { words, json, model, table, training, traced }: TranslatedContent,
  container: KerasContainer,
  optimizer: OptimizerArrays | undefined,
): OutputBytes {
  const { dialect } = words;
  const groups = weightGroups(model, { table, specs: traced.specs, dialect });
  if (container !== ".h5") return writeHdf5(groups);
  const stated = legacyTraining(training);
  const parts = { model: json, dialect, ...(stated === undefined ? {} : { training: stated }) };
  const root = legacyFile(groups, parts);
  if (optimizer !== undefined) putLegacyOptimizer(root, optimizer);
  return writeHdf5(root);
}

function stateBytes(
  { words, json, model, table, training, traced }: TranslatedContent,
  container: KerasContainer,
  optimizer: OptimizerArrays | undefined,
): OutputBytes {
  const { dialect } = words;
  const root = stateWeights(model, { table, specs: traced.specs, dialect });
  if (optimizer !== undefined) putStateOptimizer(root, optimizer);
  if (container === ".weights.h5") return writeHdf5(root);
  const compile = training === undefined ? {} : { compile_config: training };
  return packArchive(root, { ...json, build_config: {}, ...compile }, dialect.version);
}

/** The optimizer's arrays in the order of the new generation; where that cannot be, a warning. */
function optimizerState(
  source: KerasSource,
  content: TranslatedContent,
): { readonly arrays?: OptimizerArrays; readonly warnings: readonly Diagnostic[] } {
  const { words, model, table, traced, training } = content;
  if (training === undefined) return { warnings: [] };
  const { content: before, warnings } = optimizerOf(source);
  if (before === undefined) return { warnings };
  if (content.translation.scaled) {
    return {
      warnings: [...warnings, lostOptimizer("the weights of some gates had to be scaled.")],
    };
  }
  const { dialect } = words;
  // Layers that were renamed are other objects in the same order.
  const own = allLayers(source.untrained.model);
  const twins = new Map(allLayers(traced.model).map((layer, index) => [layer, own[index]]));
  const slots = new Map(
    [...before.slots].map(
      ([name, slot]) =>
        [
          name,
          moveTable(model, dialect, traced, (layer) => slot.get(twins.get(layer) ?? layer)),
        ] as const,
    ),
  );
  const owner = { model, table, specs: traced.specs, dialect, training };
  const arrays = optimizerArrays({ ...before, slots }, owner);
  return typeof arrays === "string"
    ? { warnings: [...warnings, lostOptimizer(arrays)] }
    : { arrays, warnings };
}

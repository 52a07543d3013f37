import { fail } from "../errors.ts";
import type { GraphPort } from "../ir/graph.ts";
import { sizeOf } from "../ir/tensor.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import {
  type KerasContainer,
  type KerasGeneration,
  modelOfGraph,
  writeKeras,
} from "../targets/keras/index.ts";
import type { TargetFacts } from "./conversion-report.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { ConvertedModel, TargetWriter } from "./target-spec.ts";

/** Writes files of Keras. */
export const kerasWriter: TargetWriter = {
  plan(flags) {
    refuseVerifying(flags);
    const keras = generationOf(flags);
    return (graph, output) =>
      convertKeras(modelOfGraph(graph, keras === 3 || keras === undefined ? 3 : 2), output, keras);
  },
  planKeras(flags) {
    refuseVerifying(flags);
    const keras = generationOf(flags);
    return (traced, output) => convertKeras(traced, output, keras);
  },
  check: (graph) => writeKeras(modelOfGraph(graph, 3), { container: ".keras" }).warnings,
  checkKeras: (traced) => writeKeras(traced, { container: ".keras" }).warnings,
};

/** Which file of Keras a name means; the standard output takes a `.keras` archive. */
function containerOf(output: string): KerasContainer {
  const name = output.toLowerCase();
  if (name.endsWith(".weights.h5")) return ".weights.h5";
  return name.endsWith(".h5") || name.endsWith(".hdf5") ? ".h5" : ".keras";
}

/** What `--keras` says; undefined where it is left out. */
function generationOf(flags: FlagReader): KerasGeneration | undefined {
  const word = flags.oneOf("keras", ["1", "2", "tf", "3"]);
  return ([1, 2, "tf", 3] as const).find((generation) => String(generation) === word);
}

/** A model written as a file of Keras, and what the report says of it. */
function convertKeras(
  traced: TracedModel,
  output: string,
  keras: KerasGeneration | undefined,
): ConvertedModel {
  const container = containerOf(output);
  const { file, warnings, version } = writeKeras(traced, {
    container,
    ...(keras === undefined ? {} : { keras }),
  });
  return {
    files: [{ path: output, bytes: file }],
    facts: factsOf(traced, version),
    warnings,
    verify: () => fail("internal", "A file of Keras is not verified."),
  };
}

function refuseVerifying(flags: FlagReader): void {
  if (!flags.has("verify")) return;
  fail("bad-option", "A file of Keras cannot be verified here.", {
    hint: "Every layer was held to what it computes already; compare the files with kc diff.",
  });
}

function factsOf({ trace, model, table }: TracedModel, version: string): TargetFacts {
  const { graph } = trace;
  const describe = ({ name, value }: GraphPort) => ({
    name,
    type: "array" as const,
    shape: graph?.types.get(value)?.shape ?? [],
  });
  const refs = new Map(
    [...table.values()].flatMap((weights) => [...weights.values()].map((ref) => [ref.id, ref])),
  );
  return {
    format: `Keras ${version}`.trim(),
    inputs: graph?.inputs.map(describe) ?? [],
    outputs: graph?.outputs.map(describe) ?? [],
    layers: model.layers.length,
    parameters: [...refs.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    preprocessing: [],
  };
}

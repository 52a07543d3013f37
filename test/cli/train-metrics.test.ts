import { describe, expect, it } from "vitest";
import { readFlags } from "../../src/cli/flag-reader.ts";
import { knownMetrics } from "../../src/cli/train-metrics.ts";
import type { Graph } from "../../src/ir/graph.ts";
import { startOf } from "../train/runs.ts";

function model(metrics: readonly string[], loss = "categorical_crossentropy"): Graph {
  const graph = startOf("training", "sgd");
  const optimizer = { name: "sgd", config: {} };
  return { ...graph, training: { losses: [loss], metrics, optimizer } };
}

const known = (graph: Graph, flags: Readonly<Record<string, string>>, warned: string[] = []) =>
  knownMetrics(graph, readFlags(flags), (text) => void warned.push(text));

describe("the metrics of a run", () => {
  it("are those of the file that are known, and one warning names all others", () => {
    const warned: string[] = [];
    const metrics = known(model(["acc", "own", "auc", "mine"]), {}, warned);
    expect(metrics.map(({ name }) => name)).toEqual(["acc", "auc"]);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain('metrics "own", "mine" are not known here and are left out');
  });

  it("are those that go by the weights of samples too", () => {
    const graph = model(["acc"]);
    const { training } = graph;
    const weightedMetrics = { metrics: ["auc", "mine"] };
    const warned: string[] = [];
    const metrics = known(
      { ...graph, ...(training && { training: { ...training, weightedMetrics } }) },
      {},
      warned,
    );
    expect(metrics.map(({ name }) => name)).toEqual(["acc", "weighted_auc"]);
    expect(warned).toEqual([expect.stringContaining('metric "mine" is not known here')]);
  });

  it("are guessed where one that is asked for is misspelled", () => {
    const text = "f1_scor";
    expect(() => known(model([text]), { metrics: text })).toThrow(/Did you mean "f1_score"/);
  });

  it("are refused where the loss has no targets for them", () => {
    const graph = model(["precision"], "sparse_categorical_crossentropy");
    expect(() => known(graph, { metrics: "precision" })).toThrow(
      '--metrics names "precision", which cannot be measured with this loss.',
    );
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/bytes.ts";
import { withLogits } from "../../src/predict/logits.ts";
import { readKeras } from "../../src/sources/keras/index.ts";
import { evaluate } from "../../src/verify/graph/evaluate.ts";
import { DIGITS } from "../digits.ts";

const { graph } = readKeras(bytesSource(readFileSync(DIGITS.model)));
const modern = { ...graph, source: { ...graph.source, version: "2.15.0" } };

describe("logits beside the scores", () => {
  it("are what the softmax was given", () => {
    const { graph: both, logits } = withLogits(modern, modern.outputs[0]);
    expect(both.outputs.map(({ name }) => name)).toEqual([modern.outputs[0]?.name, logits]);
    const shape =
      modern.types.get(modern.inputs[0]?.value ?? "")?.shape.map((dim) => dim ?? 1) ?? [];
    const size = shape.reduce((product, dim) => product * dim, 1);
    const data = Float64Array.from({ length: size }, (_, index) => ((index * 7) % 19) / 19);
    const input = new Map([[modern.inputs[0]?.name ?? "", { shape, data }]]);
    const [scores, raw] = evaluate(both, input);
    const exponents = Array.from(raw?.data ?? [], Math.exp);
    const sum = exponents.reduce((total, value) => total + value, 0);
    expect(exponents).toHaveLength(10);
    exponents.forEach((value, index) => {
      expect(value / sum).toBeCloseTo(scores?.data[index] ?? Number.NaN, 12);
    });
  });

  it("are not asked for where the Keras of the file clips probabilities", () => {
    expect(withLogits(graph, graph.outputs[0])).toEqual({ graph });
  });
});

import { describe, expect, it } from "vitest";
import type { Graph } from "../../../../src/ir/graph.ts";
import type { RecurrentOp } from "../../../../src/ir/ops/recurrent.ts";
import { planTraining } from "../../../../src/targets/tfjs/training/training-plan.ts";
import { openCase } from "../../../cases.ts";
import { formsOf } from "../../../forms.ts";

function lstm(changes: Partial<RecurrentOp>): Graph {
  const [form] = formsOf(openCase("micro/lstm"));
  if (form === undefined) throw new Error("The case is gone.");
  const { graph } = form.read();
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.op.kind === "recurrent" ? { ...node, op: { ...node.op, ...changes } } : node,
    ),
  };
}

describe("the plan of training a recurrent layer", () => {
  it("goes through it", () => {
    const names = planTraining(lstm({})).weights.map(({ name }) => name.split("/").at(-1));
    expect(names).toEqual(["kernel", "recurrentKernel", "bias"]);
  });
});

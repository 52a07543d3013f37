import { describe, expect, it } from "vitest";
import type { Source } from "../../../../src/targets/tfjs/tensorflow/recorder.ts";
import { cutWays } from "../../../../src/targets/tfjs/tensorflow/ways.ts";

function source(kind: Source["kind"]): Source {
  return { kind, shape: [2, 3], type: 1 };
}

const [x, start] = [source("given"), source("given")];
const [cold, warm, output, early, gradient, again, sum] = Array.from({ length: 7 }, () =>
  source("result"),
);
if (!cold || !warm || !output || !early || !gradient || !again || !sum) throw new Error("seven");

function operation(op: string, inputs: readonly Source[], result: Source) {
  return { op, inputs, results: [result], attributes: {} };
}

const ways = cutWays({
  operations: [
    operation("Neg", [x], cold),
    operation("Relu", [cold], warm),
    operation("Tanh", [warm], output),
    operation("Abs", [cold], early),
    operation("TanhGrad", [output, start], gradient),
    operation("Exp", [cold], again),
    operation("Mul", [again, gradient], sum),
  ],
  there: 3,
  starts: [start],
  wanted: new Set([output, sum]),
});

const said = ways.nodes.map(({ name, op, inputs }) => `${name} = ${op}(${inputs.join(", ")})`);
const ofOp = (...ops: readonly string[]): readonly string[] =>
  said.filter((one) => ops.some((op) => one.includes(` = ${op}(`)));

describe("the two ways of a training step as one graph", () => {
  it("keep what the way there makes and the way back reads, and take it back", () => {
    expect(ofOp("Stage")).toEqual([
      "there_keep_0 = Stage(there_op_0)",
      "there_keep_1 = Stage(there_op_2)",
    ]);
    expect(ofOp("Unstage")).toEqual(["back_in_0 = Unstage()", "back_in_2 = Unstage()"]);
    const [kept, taken] = ["there_keep_0", "back_in_0"].map((name) =>
      ways.nodes.find((one) => one.name === name),
    );
    expect(kept?.attributes).toEqual(taken?.attributes);
    expect(kept?.attributes).toMatchObject({
      dtypes: { types: [1] },
      shared_name: { text: "kept_0" },
    });
  });

  it("are fed with what is given alone, and give what is wanted", () => {
    expect(ways.there.feeds).toEqual([{ source: x, name: "there_in_0:0" }]);
    expect(ways.there.fetches).toEqual([{ source: output, name: "there_out_0:0" }]);
    expect(ways.back.feeds).toEqual([{ source: start, name: "back_in_3:0" }]);
    expect(ways.back.fetches).toEqual([{ source: sum, name: "back_out_0:0" }]);
  });

  it("keep and take all before they end", () => {
    expect(ofOp("Identity")).toEqual([
      "there_out_0 = Identity(there_op_2, ^there_keep_0, ^there_keep_1)",
      "back_out_0 = Identity(back_op_3, ^back_in_0, ^back_in_2)",
    ]);
  });

  it("make again in its turn what does not depend on where gradients start", () => {
    expect(ofOp("Abs", "Exp", "Mul")).toEqual([
      "back_op_0 = Abs(back_in_0)",
      "back_op_2 = Exp(back_in_0, ^back_op_1)",
      "back_op_3 = Mul(back_op_2, back_op_1)",
    ]);
  });

  it("can end what is kept where nothing goes back", () => {
    expect(ofOp("StageClear", "Const")).toEqual([
      "end_0 = StageClear()",
      "end_1 = StageClear()",
      "ended = Const(^end_0, ^end_1)",
    ]);
    expect(ways.end.fetches.map(({ name }) => name)).toEqual(["ended:0"]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, ruleSchema } from "../../src/cli/flag-numbers.ts";
import { run } from "./run.ts";

describe("numbers of options", () => {
  it.each([
    ["train none.h5 none --epochs 0", "--epochs is 0, expected a whole number above 0."],
    ["train none.h5 none --epochs ten", '--epochs is "ten", expected a number such as'],
    ["train none.h5 none --learning-rate 0", "--learning-rate is 0: nothing would be learnt."],
    ["train none.h5 none --learning-rate=-1", "--learning-rate is -1: nothing would be learnt."],
    [
      "train none.h5 none --batch-size 2.5",
      "--batch-size is 2.5, expected a whole number above 0.",
    ],
    ["train none.h5 none --seed=-1", "--seed is -1, expected a whole number."],
    ["train none.h5 none --validation-split 1", "is 1, expected a part between 0 and 1."],
    ["train none.h5 none --head-l2=-1", "--head-l2 is -1, expected a number from 0 on."],
    [
      "train none.h5 none --early-stopping patience=x",
      '--early-stopping patience is "x", expected',
    ],
    ["train none.h5 none --zoom-range a", '--zoom-range is "a", expected a number'],
    ["predict none.h5 none --top 0", "--top is 0, expected a whole number above 0."],
    ["predict none.h5 none --threads=-1", "--threads is -1, expected a whole number above 0."],
    ["evaluate none.h5 none --batch-size 0", "--batch-size is 0, expected a whole number above 0."],
    ["evaluate none.h5 none --size 0x3", '--size is "0x3", expected width and height'],
    ["convert none.h5 out.mlmodel --red-bias a", '--red-bias is "a", expected a number'],
    ["convert none.h5 out.mlmodel --image-scale a", '--image-scale is "a", expected a number'],
    ["verify none.h5 out.mlmodel --tolerance 0", "--tolerance is 0, expected a number above 0."],
  ])("are refused before anything is done: %s", async (command, message) => {
    const { code, stderr } = await run(...command.split(" "));
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it("are described as a rule and as a schema", () => {
    const rule = { from: 0.05, upTo: 20 };
    expect(describeRule(rule)).toBe("a number from 0.05 to 20");
    expect(ruleSchema(rule)).toEqual({ type: "number", minimum: 0.05, maximum: 20 });
    expect(describeRule({})).toBe("a number");
  });
});

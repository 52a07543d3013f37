import { describe, expect, it } from "vitest";
import { balancedWeights, parseClassWeights } from "../../src/train/class-weights.ts";

const CLASSES = ["apple", "pear", "7"];

function parse(text: string) {
  return parseClassWeights(text, CLASSES, "weights");
}

describe("balancedWeights", () => {
  it("is scikit-learn's", () => {
    // compute_class_weight("balanced", classes=np.arange(3), y=[0] * 7 + [1] * 2 + [2] * 4), scikit-learn 1.9.1
    const labels = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2];
    const wanted = [0.6190476190476191, 2.1666666666666665, 1.0833333333333333];
    expect(balancedWeights(labels, 3)).toEqual(wanted);
  });

  it("does not count classes without samples", () => {
    expect(balancedWeights([0, 0, 2, 2, 2, 2], 4)).toEqual([1.5, 1, 0.75, 1]);
  });
});

describe("parseClassWeights", () => {
  it("reads JSON by names and by numbers, 1 for what is not mentioned", () => {
    expect(parse('{"pear": 2.5, "0": 3}')).toEqual([3, 2.5, 1]);
    expect(parse("[2, 0.5, 0]")).toEqual([2, 0.5, 0]);
  });

  it("takes a number for the name of a class where there is one", () => {
    expect(parse('{"7": 4}')).toEqual([1, 1, 4]);
  });

  it("reads lines, with a heading or without", () => {
    expect(parse('label,weight\napple,2\n\n# rare\n"pear";0.5\n2\t4\n')).toEqual([2, 0.5, 4]);
    expect(parse("apple,2")).toEqual([2, 1, 1]);
  });

  it.each([
    ['{"plum": 1}', 'weights: there is no class "plum".'],
    ["3,1", 'weights: there is no class "3".'],
    ["[1, 2, 3, 4]", 'weights: there is no class "3".'],
    ['{"apple": 1, "0": 2}', 'weights: the class "apple" has two weights.'],
    ['{"apple": "2"}', 'weights: the weight of "apple" is "2", expected a number.'],
    ["apple,-1", 'weights: the weight of "apple" is -1, expected 0 or more.'],
    ["apple,1\npear is 2", 'weights, line 2: "pear is 2" is no label with a weight.'],
    ["{apple: 1}", "weights is no JSON."],
    ["", "weights has no weights."],
  ])("refuses %j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

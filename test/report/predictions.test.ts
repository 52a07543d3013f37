import { describe, expect, it } from "vitest";
import { predictionLines, predictionsOf, topClasses } from "../../src/report/predictions.ts";

const classes = ["apple", "banana", "carrot"];
const predictions = predictionsOf(
  [
    { name: "a.jpg", label: 0 },
    { name: 'b, "c".png', label: 1 },
  ],
  [0.5, 0.25, 0.25, 0.125, 0.125, 0.75],
  classes,
);

describe("predictions", () => {
  it("name the class with the highest score, and the true one", () => {
    expect(predictions).toEqual([
      { file: "a.jpg", label: "apple", predicted: "apple", probabilities: [0.5, 0.25, 0.25] },
      {
        file: 'b, "c".png',
        label: "banana",
        predicted: "carrot",
        probabilities: [0.125, 0.125, 0.75],
      },
    ]);
  });

  it("are ranked, of equals the first one first", () => {
    expect(topClasses([0.25, 0.5, 0.25], classes, 2)).toEqual([
      { label: "banana", probability: 0.5 },
      { label: "apple", probability: 0.25 },
    ]);
  });

  it("are told below the file's name", () => {
    const [first] = predictions;
    expect(first && predictionLines(first, classes, 2)).toEqual([
      "a.jpg",
      "  apple   50.00 %",
      "  banana  25.00 %",
    ]);
  });
});

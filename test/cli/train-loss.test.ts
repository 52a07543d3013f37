import { describe, expect, it } from "vitest";
import { parseLoss } from "../../src/cli/train-loss.ts";

const usual = { fromLogits: false, labelSmoothing: 0 };

describe("a loss that is typed", () => {
  it.each([
    ["mse", { name: "mse", settings: usual }],
    ["MSE", { name: "mse", settings: usual }],
    ["KLDivergence", { name: "kl_divergence", settings: usual }],
    ["huber,delta=0.5", { name: "huber", settings: { ...usual, numbers: { delta: 0.5 } } }],
    [
      "BinaryFocalCrossentropy,gamma=1,apply-class-balancing",
      {
        name: "binary_focal_crossentropy",
        settings: { ...usual, numbers: { gamma: 1 }, classBalancing: true },
      },
    ],
    [
      "categorical_crossentropy,label_smoothing=0.1,reduction=sum",
      {
        name: "categorical_crossentropy",
        settings: { ...usual, labelSmoothing: 0.1, reduction: "sum" },
      },
    ],
  ])("%s is understood", (text, expected) => {
    expect(parseLoss(text)).toEqual(expected);
  });

  it.each([
    ["categorical_crosentropy", '--loss is "categorical_crosentropy", which is no loss of Keras.'],
    ["huber,delta=wide", "--loss delta"],
    ["huber,speed=3", '--loss has no setting "speed"'],
    ["mse,reduction=most", '--loss reduction is "most"'],
    ["ctc", 'The loss "ctc" aligns sequences of labels'],
  ])("%s is refused", (text, message) => {
    expect(() => parseLoss(text)).toThrow(message);
  });

  it("is guessed where it is misspelled", () => {
    expect(() => parseLoss("crossentropy_categorical")).toThrow();
    try {
      parseLoss("categorical_crosentropy");
    } catch (error) {
      expect(error).toMatchObject({
        diagnostics: [{ hint: expect.stringContaining('Did you mean "categorical_crossentropy"') }],
      });
    }
  });
});

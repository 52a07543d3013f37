import { describe, expect, it } from "vitest";
import { classTargets, commonTargetKind, targetKindOf } from "../../src/train/class-targets.ts";

describe("targetKindOf", () => {
  it("goes by the loss, and by the model's outputs", () => {
    expect(targetKindOf("sparse_categorical_crossentropy", 4, 4)).toBe("sparse");
    expect(targetKindOf("categorical_crossentropy", 4, 4)).toBe("one-hot");
    expect(targetKindOf("binary_crossentropy", 2, 1)).toBe("binary");
    expect(targetKindOf("binary_crossentropy", 2, 2)).toBe("one-hot");
    expect(targetKindOf("mean_squared_error", 4, 4)).toBe("one-hot");
  });

  it("refuses a model with another number of outputs", () => {
    expect(() => targetKindOf("categorical_crossentropy", 4, 10)).toThrow(
      "The model has 10 outputs, but the pictures have 4 classes.",
    );
    expect(() => targetKindOf("binary_crossentropy", 3, 1)).toThrow(
      "The model has 1 output, which tells 2 classes apart, but the pictures have 3.",
    );
    expect(() => targetKindOf("sparse_categorical_crossentropy", 3, 1)).toThrow(
      "The model has 1 output, but the pictures have 3 classes.",
    );
  });
});

describe("classTargets", () => {
  it("writes a row for each sample", () => {
    expect(classTargets([1, 0], "one-hot", 3)).toEqual(Float32Array.of(0, 1, 0, 1, 0, 0));
    expect(classTargets([1, 0, 2], "sparse", 3)).toEqual(Float32Array.of(1, 0, 2));
    expect(classTargets([1, 0], "binary", 2)).toEqual(Float32Array.of(1, 0));
  });
});

describe("the targets of several outputs", () => {
  const output = (name: string, loss: string, size = 4) => ({ name, loss, size });

  it("are the same classes for all", () => {
    const outputs = [output("main", "categorical_crossentropy"), output("aux", "mse")];
    expect(commonTargetKind(outputs, 4)).toBe("one-hot");
  });

  it("are refused where one output has not so many numbers, by its name", () => {
    const outputs = [output("main", "mse"), output("aux", "mse", 10)];
    expect(() => commonTargetKind(outputs, 4)).toThrow(
      'The output "aux" has 10 numbers, but the pictures have 4 classes.',
    );
  });

  it("are refused where two losses want them told differently", () => {
    const outputs = [output("main", "mse"), output("aux", "sparse_categorical_crossentropy")];
    expect(() => commonTargetKind(outputs, 4)).toThrow(
      'The output "main" wants classes as one-hot targets (mse), "aux" as sparse (sparse_categorical_crossentropy), but pictures have one target for all.',
    );
  });
});

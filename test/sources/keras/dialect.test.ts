import { describe, expect, it } from "vitest";
import {
  architectureDialect,
  checkBackend,
  generationOf,
} from "../../../src/sources/keras/dialect.ts";
import { refusal } from "./refusal.ts";

describe("the generation of a version", () => {
  it.each([
    ["0.3.3", 1],
    ["1.2.2", 1],
    ["2.0.0", 2],
    ["2.3.1", 2],
    ["2.1.6-tf", 2],
    ["2.2.4-tf", "tf"],
    ["2.3.0-tf", "tf"],
    ["2.4.0", "tf"],
    ["2.15.0", "tf"],
    ["3.15.1", 3],
    ["", undefined],
    ["new", undefined],
  ])("%s", (version, generation) => {
    expect(generationOf(version)).toBe(generation);
  });
});

describe("the dialect of an architecture", () => {
  it("is stated by most", () => {
    expect(
      architectureDialect({ class_name: "Model", keras_version: "2.2.4", backend: "theano" }),
    ).toEqual({ generation: 2, version: "2.2.4", backend: "theano" });
  });

  it("is told by its words where none is stated", () => {
    expect(architectureDialect({ class_name: "Functional", module: "keras" }).generation).toBe(3);
    const layer = { class_name: "Convolution2D", config: { nb_filter: 8 } };
    expect(architectureDialect({ class_name: "Sequential", config: [layer] }).generation).toBe(1);
    expect(architectureDialect({ class_name: "Sequential", config: [] }).generation).toBe(2);
  });
});

it("an unknown backend is refused", () => {
  checkBackend(undefined);
  checkBackend("theano");
  expect(refusal(() => checkBackend("caffe"))).toBe(
    'bad-option: The backend "caffe" is not known, expected one of tensorflow, theano, cntk, jax, torch.',
  );
});

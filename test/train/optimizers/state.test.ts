import { describe, expect, it } from "vitest";
import { restoreState, saveState } from "../../../src/train/optimizers/state.ts";
import { DIALECTS, floats, furthest, optimizerOf, referencesOf } from "./references.ts";

describe.each(DIALECTS)("the state of an optimizer of %s", (dialect) => {
  const references = referencesOf(dialect);
  const { start, gradients, cases, shapes, keras: version } = references;
  const weights = shapes.map((shape, index) => ({ name: `w${index}`, shape }));
  const owner = { weights, version };
  const named = cases.map((one) => [`${one.class_name} ${JSON.stringify(one.args)}`, one] as const);

  it.each(named)("%s goes on from what Keras saved after three steps", (_, reference) => {
    const straight = optimizerOf(references, reference);
    const values = floats(start);
    for (const step of gradients.slice(0, 3)) straight.step(values, floats(step));
    const resumed = optimizerOf(references, reference);
    const saved = reference.state_step3.map((one) => ({
      ...one,
      values: Float64Array.from(one.values),
    }));
    restoreState(resumed, saved, owner);
    // Stand-alone Keras does not say how many steps these have made.
    if (!saved.some(({ name }) => name.includes("iter"))) resumed.state.iterations = 3;
    for (const step of gradients.slice(3)) resumed.step(values, floats(step));
    expect(furthest(values, reference.weights)).toBeLessThan(1e-6);
  });

  it.each(named)("%s is saved in Keras' order, under its names", (_, reference) => {
    const optimizer = optimizerOf(references, reference);
    const values = floats(start);
    for (const step of gradients) optimizer.step(values, floats(step));
    // Files with a schedule keep no rate.
    const isScheduled = optimizer.settings.schedule !== undefined;
    const saved = saveState(optimizer, owner).filter(
      ({ name }) => !isScheduled || !name.endsWith("/learning_rate"),
    );
    const expected = reference.state_step5;
    expect(saved.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    const found = saved.map((one) => one.values);
    expect(
      furthest(
        found,
        expected.map((one) => one.values),
      ),
    ).toBeLessThan(1e-6);
    // Stand-alone Keras numbers its variables across the whole session, Keras 3 its optimizers.
    if (dialect === "keras") return;
    expect(saved.map(({ name }) => name)).toEqual(
      expected.map(({ name }) => name.replace(/_\d+\//, "/").replace(/^variable_\d+$/, "variable")),
    );
  });
});

describe("restoring a state", () => {
  const references = referencesOf("keras");
  const weights = references.shapes.map((shape, index) => ({ name: `w${index}`, shape }));
  const adam = references.cases.find((one) => one.class_name === "Adam");

  it("refuses the arrays of another optimizer", () => {
    const sgd = references.cases.find((one) => one.class_name === "SGD");
    if (adam === undefined || sgd === undefined) throw new Error("The references are incomplete.");
    const saved = adam.state_step3.map((one) => ({
      ...one,
      values: Float64Array.from(one.values),
    }));
    expect(() =>
      restoreState(optimizerOf(references, sgd), saved, { weights, version: "2.2.4" }),
    ).toThrow(
      "The optimizer's state holds 7 arrays ((), (3, 2), (4,), (3, 2), …), which are not those of sgd for 2 trainable weights (1 for each).",
    );
  });

  it("reads what an older version of the same generation saved", () => {
    if (adam === undefined) throw new Error("The references are incomplete.");
    const saved = adam.state_step3.slice(0, 5).map((one) => ({
      ...one,
      values: Float64Array.from(one.values),
    }));
    const optimizer = optimizerOf(references, adam);
    restoreState(optimizer, saved, { weights, version: "2.2.4" });
    expect(optimizer.state.iterations).toBe(3);
    expect(optimizer.state.slots[1]?.[1]).toEqual(Float32Array.from(saved[4]?.values ?? []));
  });
});

it("names the arrays as stand-alone Keras 2.2.4 does", () => {
  const references = referencesOf("keras");
  const [weights, version] = [[{ name: "head/kernel", shape: [3, 2] }], "2.2.4"];
  const namesOf = (className: string): readonly string[] => {
    const reference = references.cases.find((one) => one.class_name === className);
    if (reference === undefined) throw new Error(`There is no ${className}.`);
    return saveState(optimizerOf(references, reference), { weights, version }).map(
      ({ name }) => name,
    );
  };
  // optimizer_weights of files that Keras 2.2.4 wrote
  expect(namesOf("Adam")).toEqual([
    "Adam/iterations:0",
    "training/Adam/Variable:0",
    "training/Adam/Variable_1:0",
    "training/Adam/Variable_2:0",
  ]);
  expect(namesOf("RMSprop")).toEqual(["training/RMSprop/Variable:0"]);
});

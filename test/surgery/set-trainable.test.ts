import { describe, expect, it } from "vitest";
import type { TracedModel } from "../../src/sources/keras/traced-model.ts";
import { setTrainable } from "../../src/surgery/set-trainable.ts";
import { trainableReport } from "../../src/surgery/trainable-report.ts";
import { fixtureModel } from "./models.ts";

const SNACKS = "snacks/snacks_mobilenet025/model.hdf5";
const BASE = "mobilenet_0.25_224";

function trained(traced: TracedModel): readonly string[] {
  return trainableReport(traced).layers.flatMap(({ path, trainable }) => (trainable ? [path] : []));
}

describe("freezing", () => {
  it("freezes a nested model with all its layers", () => {
    const frozen = setTrainable(fixtureModel(SNACKS), { freeze: [BASE] });
    expect(trained(frozen)).toEqual(["dense_1"]);
    const inner = frozen.model.layers.find(({ name }) => name === BASE)?.model?.layers ?? [];
    const own = inner.filter(({ className }) => className !== "InputLayer");
    expect(own.every(({ ownTrainable }) => !ownTrainable)).toBe(true);
  });

  it("trains single layers of a nested model again", () => {
    const rules = { freeze: [BASE], unfreeze: ["conv_pw_13*"] };
    expect(trained(setTrainable(fixtureModel(SNACKS), rules))).toEqual([
      `${BASE}/conv_pw_13`,
      `${BASE}/conv_pw_13_bn`,
      "dense_1",
    ]);
  });

  it("opens the models around a layer that is trained again", () => {
    const closed = setTrainable(fixtureModel("generations/tf215_nested/model.h5"), {
      freeze: ["*"],
    });
    const [layer = ""] = trainableReport(closed)
      .layers.map(({ path }) => path)
      .filter((path) => path.includes("/"));
    expect(trained(closed)).toEqual([]);
    expect(trained(setTrainable(closed, { unfreeze: [layer] }))).toEqual([layer]);
  });

  it("freezes all but the last layers with weights", () => {
    const frozen = setTrainable(fixtureModel(SNACKS), { freezeAllButLast: 3 });
    expect(trained(frozen)).toEqual([`${BASE}/conv_pw_13`, `${BASE}/conv_pw_13_bn`, "dense_1"]);
  });

  it("freezes everything for 0", () => {
    expect(trained(setTrainable(fixtureModel(SNACKS), { freezeAllButLast: 0 }))).toEqual([]);
  });

  it("knows classes and regular expressions", () => {
    const rules = { freeze: ["BatchNormalization", "/conv_(dw|pw)_\\d+$/"] };
    expect(trained(setTrainable(fixtureModel(SNACKS), rules))).toEqual([
      `${BASE}/conv1`,
      "dense_1",
    ]);
  });

  it("leaves a model alone whose flags do not change", () => {
    const traced = fixtureModel(SNACKS);
    expect(setTrainable(traced, { unfreeze: ["*"] })).toBe(traced);
  });

  it("changes nothing in a config but flags", () => {
    const traced = fixtureModel(SNACKS);
    const { archive } = setTrainable(traced, { freeze: ["conv1"] });
    const back = JSON.stringify(archive.model).replace(
      '"name":"conv1","trainable":false',
      '"name":"conv1","trainable":true',
    );
    expect(back).toBe(JSON.stringify(traced.archive.model));
  });

  it("forgets the state of an optimizer that had other weights", () => {
    const traced = fixtureModel(SNACKS);
    expect(traced.archive.optimizer).toBeDefined();
    expect(setTrainable(traced, { freeze: ["conv1"] }).archive.optimizer).toBeUndefined();
  });

  it("names near layers for a pattern that means none", () => {
    expect(() => setTrainable(fixtureModel(SNACKS), { freeze: ["dense_2"] })).toThrow(
      'No layer is called "dense_2", and no class either.\n  Did you mean "dense_1"',
    );
  });

  it("refuses to keep more layers than there are", () => {
    expect(() => setTrainable(fixtureModel(SNACKS), { freezeAllButLast: 90 })).toThrow(
      "90 layers should stay trainable, but only 55 have weights.",
    );
  });
});

describe("the report of what is trained", () => {
  it("counts as Keras does", () => {
    // model.summary() of the fixture: 223,684 in all, 218,212 trainable
    const { parameters, trained: changed } = trainableReport(fixtureModel(SNACKS));
    expect([parameters, changed]).toEqual([223_684, 218_212]);
  });
});

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { INSPECT_FLAGS } from "../../src/cli/inspect-flags.ts";
import { FIXTURES } from "../cases.ts";
import { run } from "./run.ts";

const GENERATIONS = join(FIXTURES, "generations");

async function inspectJson(path: string, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await run("inspect", join(FIXTURES, path), "--json", ...flags);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("kc inspect", () => {
  it("says who wrote a file and what it holds", async () => {
    const { code, stdout } = await run("inspect", join(GENERATIONS, "k224/model.hdf5"));
    expect(code).toBe(0);
    expect(stdout.split("\n\n")[0]).toBe(
      `file           model.hdf5, 37.50 KB
container      HDF5, superblock version 0
written by     Keras 2.2.4 on tensorflow, legacy HDF5
model          "small", Model, 9 layers
layers         BatchNormalization 2, ReLU 2, Activation 1, Conv2D 1, Dense 1, DepthwiseConv2D 1, Flatten 1
trained with   adam (learning_rate 0.001, beta_1 0.9, beta_2 0.999, decay 0, epsilon 1e-7, amsgrad false); loss categorical_crossentropy; metrics accuracy
input          input_1  ? × 16 × 16 × 3  float32
output         prob  ? × 4  float32
preprocessing  not recognised. The architecture is none of those that Keras publishes, as far as names tell.`,
    );
    expect(stdout).toContain("/model_weights/head/head/kernel:0                           384 × 4");
  });

  it("knows the members of an archive, and the optimizer's state", async () => {
    const { container, keras } = await inspectJson("generations/k3151/model.keras");
    expect(container).toEqual({
      kind: "zip",
      keras: "3.15.1",
      members: [
        { name: "metadata.json", bytes: 64, packedBytes: 64 },
        { name: "config.json", bytes: 9140, packedBytes: 9140 },
        { name: "model.weights.h5", bytes: 40636, packedBytes: 40636 },
      ],
    });
    expect(keras.optimizer).toEqual({ arrays: 2, count: 2, bytes: 12, iterations: 0 });
  });

  it("recognises the preprocessing of published architectures", async () => {
    const { preprocessing } = await inspectJson("snacks/snacks_mobilenet025/model.hdf5");
    expect(preprocessing.preset).toBe("tf");
  });

  it("shows weights that have no architecture beside them", async () => {
    const { problems, arrays, keras } = await inspectJson("generations/tf215/model.weights.h5");
    expect(keras).toBeUndefined();
    expect(problems[0].code).toBe("bad-weights");
    expect(arrays.length).toBeGreaterThan(12);
  });

  it("shows what the layers of a model are when they cannot be converted", async () => {
    const { problems, keras } = await inspectJson("micro/refuse_lambda/model.hdf5");
    expect(keras.classes).toContainEqual(["Lambda", 1]);
    expect(problems[0].code).toBe("unsupported");
  });

  it("says which Keras wrote an archive from which no model can be read", async () => {
    const { stdout } = await run("inspect", join(FIXTURES, "layers/k3_subclassed/model.keras"));
    expect(stdout).toContain("\nwritten by  Keras 3.15.1\n\nnot readable as a model:");
  });

  it("quotes a name that is empty", async () => {
    const { stderr } = await run("inspect", "");
    expect(stderr).toContain('"" cannot be opened: it does not exist.');
  });

  it("shows the raw tree, and no numbers when none are wanted", async () => {
    const path = join(GENERATIONS, "h5_gzip/model.hdf5");
    const { stdout } = await run("inspect", path, "--tree", "--no-stats");
    expect(stdout).toContain(`
    conv1
      @weight_names = ["conv1/kernel:0"]
      conv1
        kernel:0  float32 (3, 3, 3, 6)  chunked deflate
`);
    const { arrays } = await inspectJson("generations/h5_gzip/model.hdf5", "--no-stats");
    expect(arrays[0]).toMatchObject({ min: null, mean: null, zeros: 0 });
  });

  it("follows no link out of a file", async () => {
    const { tree } = await inspectJson("hdf5/links_latest.h5", "--tree");
    expect(
      tree.map(({ what }: { what: string }) => what).filter((what: string) => what.startsWith("→")),
    ).not.toEqual([]);
  });

  it("says what a file is that is no container", async () => {
    expect(await run("inspect", "package.json")).toMatchObject({ code: 3, stdout: "" });
    const { code, stderr } = await run("inspect", "README.md");
    expect(code).toBe(3);
    expect(stderr).toContain("This is a text file");
  });

  it("tells every option and examples with --help", async () => {
    const { stdout } = await run("inspect", "--help");
    for (const { flags } of INSPECT_FLAGS.flatMap((group) => group.flags)) {
      expect(stdout).toContain(`  ${flags}`);
    }
    expect(stdout).toContain("  $ kc inspect model.h5\n");
  });
});

import "@tensorflow/tfjs-backend-cpu";
import { setBackend, type Tensor, tensor1d, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { NodeBackend } from "../../../../src/targets/tfjs/tensorflow/node-backend.ts";
import { Recorder } from "../../../../src/targets/tfjs/tensorflow/recorder.ts";

const BINDING = {
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
  TF_FLOAT: 11,
  TF_INT32: 13,
  TF_BOOL: 20,
};

/** A backend whose operations all give zeros of three numbers. */
class Zeros implements NodeBackend {
  readonly binding = BINDING;
  executeSingleOutput(): Tensor {
    return zeros([3]);
  }
  executeMultipleOutputs(...[, , , count]: readonly [unknown, unknown, unknown, number]): Tensor[] {
    return Array.from({ length: count }, () => zeros([3]));
  }
  readSync(): Float32Array {
    return new Float32Array([1, 2, 3]);
  }
  loadSavedModelMetaGraph(): number {
    return 0;
  }
  runSavedModel(): Tensor[] {
    return [];
  }
  deleteSavedModel(): void {}
}

const FLOATS = { name: "T", type: 4, value: 11 };

describe("a recorder", () => {
  beforeAll(async () => {
    await setBackend("cpu");
  });

  it("writes down operations with what they read and make", () => {
    const node: NodeBackend = new Zeros();
    const recorder = new Recorder(node);
    const x = tensor1d([1, 2, 3]);
    const given = recorder.give(x);
    const [y, last] = recorder.listen(() => {
      const first = node.executeSingleOutput("Relu", [FLOATS], [x]);
      return [first, node.executeMultipleOutputs("Two", [], [first, tensor1d([4, 5, 6])], 2)[1]];
    });
    const [relu, two] = recorder.operations;
    expect(relu).toMatchObject({ op: "Relu", attributes: { T: { type: 11 } } });
    expect(relu?.inputs).toEqual([given]);
    expect(two?.inputs[0]).toBe(relu?.results[0]);
    expect(two?.inputs[1]).toMatchObject({ kind: "constant", shape: [3], type: 11 });
    expect(two?.inputs[1]?.bytes).toEqual(new Uint8Array(new Float32Array([1, 2, 3]).buffer));
    expect(y && recorder.sourceOf(y)).toBe(relu?.results[0]);
    expect(last && recorder.sourceOf(last)).toBe(two?.results[1]);
  });

  it("writes down attributes of every kind", () => {
    const node: NodeBackend = new Zeros();
    const recorder = new Recorder(node);
    const attributes = [
      { name: "padding", type: 0, value: "SAME" },
      { name: "strides", type: 1, value: [1, 2] },
      { name: "axis", type: 1, value: 3 },
      { name: "epsilon", type: 2, value: 0.5 },
      { name: "keep", type: 3, value: false },
      { name: "shape", type: 5, value: [4] },
    ];
    recorder.listen(() => node.executeSingleOutput("Some", attributes, []));
    expect(recorder.operations[0]?.attributes).toEqual({
      padding: { text: "SAME" },
      strides: { integers: [1, 2] },
      axis: { integer: 3 },
      epsilon: { float: 0.5 },
      keep: { flag: false },
      shape: { shape: [4] },
    });
  });

  it("refuses to have numbers looked at that another run will not have", () => {
    const node: NodeBackend = new Zeros();
    const recorder = new Recorder(node);
    let isDone = false;
    const look = (): unknown =>
      recorder.listen(() => {
        node.readSync(node.executeSingleOutput("Relu", [], []).dataId);
        isDone = true;
      });
    expect(look).toThrow(/looked at/);
    // What overwrites numbers must not stop half way.
    expect(isDone).toBe(true);
  });

  it("leaves the backend as it was", () => {
    const node: NodeBackend = new Zeros();
    const recorder = new Recorder(node);
    const fails = (): void =>
      recorder.listen(() => {
        throw new Error("no");
      });
    expect(fails).toThrow("no");
    node.executeSingleOutput("Relu", [], []);
    expect(recorder.operations).toEqual([]);
    expect(Object.keys(node)).toEqual(["binding"]);
  });

  it("keeps large constants as tensors until it is disposed", () => {
    const node: NodeBackend = new Zeros();
    const recorder = new Recorder(node);
    const large = zeros([20_000]);
    recorder.listen(() => node.executeSingleOutput("Neg", [FLOATS], [large]));
    const [source] = recorder.operations[0]?.inputs ?? [];
    expect(source?.bytes).toBeUndefined();
    expect(source && recorder.constants.get(source)?.shape).toEqual([20_000]);
    recorder.dispose();
    expect(recorder.constants.size).toBe(0);
    large.dispose();
  });
});

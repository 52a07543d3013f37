import "@tensorflow/tfjs-backend-cpu";
import { memory, setBackend, type Tensor, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { NodeBackend } from "../../../../src/targets/tfjs/tensorflow/node-backend.ts";
import { reserveMemory } from "../../../../src/targets/tfjs/tensorflow/reserve.ts";

function backend(run: NodeBackend["executeSingleOutput"]): NodeBackend {
  return {
    binding: { TF_ATTR_BOOL: 3, TF_ATTR_TYPE: 4, TF_FLOAT: 11 },
    executeSingleOutput: run,
    executeMultipleOutputs: () => [],
    readSync: () => new Float32Array(0),
    loadSavedModelMetaGraph: () => 0,
    runSavedModel: () => [],
    deleteSavedModel: () => {},
  };
}

describe("memory that is taken at once", () => {
  beforeAll(async () => {
    await setBackend("cpu");
  });

  it("is that of a tensor without numbers, which is ended at once", () => {
    const asked: (readonly [string, readonly number[]])[] = [];
    const before = memory().numTensors;
    const node = backend((name, _, [shape]): Tensor => {
      asked.push([name, [...(shape?.dataSync() ?? [])]]);
      return zeros([1]);
    });
    reserveMemory(node, 5 * 2 ** 20 + 1);
    expect(asked).toEqual([["Empty", [6, 2 ** 18]]]);
    expect(memory().numTensors).toBe(before);
  });

  it("is left where it is not to be had", () => {
    const before = memory().numTensors;
    const node = backend(() => {
      throw new Error("OOM");
    });
    reserveMemory(node, 1);
    expect(memory().numTensors).toBe(before);
  });
});

import { expect, test } from "vitest";
import { doctorLines } from "../../src/report/doctor.ts";

test("doctorLines tells speeds, what is missing, and what would be faster", () => {
  const lines = doctorLines({
    ...{ kc: "1.2.3", node: "v20.1.0", platform: "linux x64", cores: 2, memory: 8 * 2 ** 30 },
    auto: "wasm",
    backends: [
      {
        ...{ name: "onnx", program: "ONNX Runtime", ok: false },
        ...{ reason: "It is not installed.", install: "npm install onnx" },
      },
      {
        ...{ name: "wasm", program: "WebAssembly", ok: true },
        ...{ title: "wasm 4, 1 thread", picturesPerSecond: 321.4 },
      },
      {
        ...{ name: "cpu", program: "JavaScript", ok: true },
        ...{ title: "cpu 4", picturesPerSecond: 1.25 },
      },
    ],
  });
  expect(lines).toEqual([
    "kc 1.2.3, Node v20.1.0, linux x64, 2 cores, 8.0 GiB of memory",
    "  onnx  It is not installed.",
    "  wasm  wasm 4, 1 thread    321 pictures/s  taken by auto",
    "  cpu   cpu 4               1.3 pictures/s",
    "To be faster, with ONNX Runtime: npm install onnx",
  ]);
});

test("doctorLines says what to install where nothing runs", () => {
  const machine = { kc: "1", node: "v20", platform: "linux x64", cores: 1, memory: 2 ** 30 };
  const missing = { name: "onnx", program: "ONNX Runtime", ok: false, reason: "It is missing." };
  const backends = [{ ...missing, install: "npm install onnx" }];
  expect(doctorLines({ ...machine, auto: null, backends }).slice(1)).toEqual([
    "  onnx  It is missing.",
    "No backend runs here.",
    "To be faster, with ONNX Runtime: npm install onnx",
  ]);
});

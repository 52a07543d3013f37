// node predict-worker.mjs kc|bare MODEL.h5 [once]: says "ready", then for each batch size on the standard input the seconds of one prediction.
import { createInterface } from "node:readline";
import { ONNX_BACKEND } from "../../dist/backends/onnx.js";
import { collectBytes, readKeras, writeOnnx } from "../../dist/index.js";
import { openFile } from "../../dist/io/node.js";

const [who, path, once] = process.argv.slice(2);
const source = openFile(path);
const { graph } = readKeras(source);
const [{ name, value }] = graph.inputs;
const shape = graph.types.get(value).shape.slice(1);
const run = who === "kc" ? await throughBackend() : await bare();
source.close();
if (once === "once") await run(batchOf(1));
else {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const batch = batchOf(Number(line));
    const start = process.hrtime.bigint();
    await run(batch);
    console.log(Number(process.hrtime.bigint() - start) / 1e9);
  }
}

function batchOf(count) {
  const length = shape.reduce((product, dim) => product * dim, count);
  const data = new Float32Array(length).map((_, i) => ((i * 7919) % 1000) / 500 - 1);
  return { shape: [count, ...shape], data };
}

async function throughBackend() {
  const backend = await ONNX_BACKEND.load();
  const predictor = await backend.open(graph);
  return (batch) => predictor.predict(new Map([[name, batch]]));
}

/** As its documentation shows it. */
async function bare() {
  const { default: ort } = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(collectBytes(writeOnnx(graph).file));
  return (batch) => session.run({ [name]: new ort.Tensor("float32", batch.data, batch.shape) });
}

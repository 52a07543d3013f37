import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { fail } from "../errors.ts";
import { isJsonObject, type Json } from "../json.ts";
import { layoutGraph } from "../report/plot/layout-graph.ts";
import type { Picture } from "../report/plot/picture.ts";
import { type PlacedPicture, placePicture } from "../report/plot/place.ts";

/** How long each attempt may take, in milliseconds. */
export interface LayoutTimes {
  readonly thorough: number;
  readonly quick: number;
}

const TIMES: LayoutTimes = { thorough: 20_000, quick: 60_000 };

/**
 * Places a picture with Graphviz (compiled to WebAssembly), in a thread of its own: graphs that no person could read
 * can keep it busy for hours, so that it is stopped, tried with less effort, and then given up. Throws `limit`.
 */
export async function layOut(picture: Picture, times: LayoutTimes = TIMES): Promise<PlacedPicture> {
  for (const effort of ["thorough", "quick"] as const) {
    const answer = await runGraphviz(layoutGraph(picture, effort), times[effort]);
    if (answer !== undefined) return placePicture(picture, answer);
  }
  const { length } = picture.boxes;
  return fail("limit", `${length} layers are too entangled to be laid out in reasonable time.`, {
    hint: "Add --no-expand, or write the graph itself: -o model.dot.",
  });
}

/** Plain JavaScript, so that it is the same from the sources and from the bundle. */
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
(async () => {
  const library = await import(workerData.library);
  const { instance } = library.instance ? library : library.default;
  const result = (await instance()).render(workerData.graph, { format: "json0", engine: "dot" });
  parentPort.postMessage({ output: result.output, errors: result.errors });
})().catch((error) => parentPort.postMessage({ errors: [{ message: String(error) }] }));
`;

/** What Graphviz answers; undefined when it takes too long. */
function runGraphviz(graph: string, milliseconds: number): Promise<Json | undefined> {
  const library = pathToFileURL(createRequire(import.meta.url).resolve("@viz-js/viz")).href;
  const worker = new Worker(WORKER, { eval: true, workerData: { graph, library } });
  return new Promise<Json | undefined>((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    worker.once("error", reject);
    worker.once("message", (message: Json) => {
      clearTimeout(timer);
      const output = isJsonObject(message) ? message.output : undefined;
      if (typeof output === "string") resolve(JSON.parse(output));
      else reject(new Error(`The layout failed: ${JSON.stringify(message)}`));
    });
  }).finally(() => worker.terminate());
}

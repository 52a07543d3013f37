import type { Predictor } from "../backends/predictor.ts";
import { fail } from "../errors.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { Graph, GraphPort } from "../ir/graph.ts";
import { formatShape } from "../ir/tensor.ts";
import type { Classifier, PictureSize } from "./classifier.ts";
import { pictureInputOf } from "./picture-input.ts";

/** How a graph is used as a classifier. */
export interface GraphClassifierOptions {
  readonly preprocessing: Preprocessing;
  /** Of pictures, where the model leaves it open. */
  readonly size?: PictureSize;
  /** Name of the output with the scores, where there are several. */
  readonly output?: string;
}

/** A graph that a backend has opened, as a classifier of pictures. Throws `bad-option` for models that are none. */
export function graphClassifier(
  graph: Graph,
  predictor: Predictor,
  { preprocessing, size, output }: GraphClassifierOptions,
): Classifier {
  const input = { ...pictureInputOf(graph, size), preprocessing };
  const port = scoresPort(graph, output);
  const { channels, layout, width, height } = input;
  const sample = layout === "channels-last" ? [height, width, channels] : [channels, height, width];
  return {
    input,
    outputs: scoreCount(graph, port),
    async score(inputs, count) {
      const given = { shape: [count, ...sample], data: inputs };
      const outputs = await predictor.predict(new Map([[input.name, given]]));
      const scores = outputs.get(port.name);
      return scores?.data ?? fail("internal", `The backend gives no output "${port.name}".`);
    },
    dispose: () => predictor.dispose(),
  };
}

function scoresPort(graph: Graph, name: string | undefined): GraphPort {
  const { outputs } = graph;
  const names = outputs.map((port) => `"${port.name}"`).join(", ");
  if (name !== undefined) {
    const port = outputs.find((candidate) => candidate.name === name);
    return port ?? fail("bad-option", `The model has no output "${name}", but ${names}.`);
  }
  const [port] = outputs;
  if (port !== undefined && outputs.length === 1) return port;
  return fail("bad-option", `The model has ${outputs.length} outputs: ${names}.`, {
    hint: "Say which holds the scores: --scores NAME",
  });
}

/** One row of scores: `(null, n)`, or axes of size 1 beside it. */
function scoreCount(graph: Graph, { name, value }: GraphPort): number {
  const shape = graph.types.get(value)?.shape ?? [];
  const sizes = shape.slice(1).filter((dim) => dim !== 1);
  const [count = 1, ...more] = sizes;
  if (shape.length > 1 && count !== null && more.length === 0) return count;
  return fail(
    "bad-option",
    `The output "${name}" has shape ${formatShape(shape)}, expected one row of scores for each picture.`,
  );
}

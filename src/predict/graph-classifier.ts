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
  /** Name of the predictor's output with the logits of these scores, see `withLogits`. */
  readonly logits?: string;
  /** Names of its outputs with what regularizers add to the loss for each picture, see `withSums`. */
  readonly sums?: readonly string[];
}

/** A graph that a backend has opened, as a classifier of pictures. Throws `bad-option` for models that are none. */
export function graphClassifier(
  graph: Graph,
  predictor: Predictor,
  { preprocessing, size, output, logits, sums = [] }: GraphClassifierOptions,
): Classifier {
  const input = { ...pictureInputOf(graph, size), preprocessing };
  const port = scoresPort(graph, output);
  const { channels, layout, width, height } = input;
  const sample = layout === "channels-last" ? [height, width, channels] : [channels, height, width];
  const run = async (inputs: Float32Array, count: number, names: readonly string[]) => {
    const given = { shape: [count, ...sample], data: inputs };
    const outputs = await predictor.predict(new Map([[input.name, given]]));
    return names.map(
      (name) =>
        outputs.get(name)?.data ?? fail("internal", `The backend gives no output "${name}".`),
    );
  };
  return {
    input,
    outputs: scoreCount(graph, port),
    async score(inputs, count) {
      const [scores = NO_SCORES] = await run(inputs, count, [port.name]);
      return scores;
    },
    ...(logits === undefined && sums.length === 0
      ? {}
      : {
          async scoreForLoss(inputs: Float32Array, count: number) {
            const asked = logits === undefined ? sums : [...sums, logits];
            const [scores = NO_SCORES, ...more] = await run(inputs, count, [port.name, ...asked]);
            const own = logits === undefined ? undefined : more.at(-1);
            return {
              scores,
              ...(own === undefined ? {} : { logits: own }),
              ...(sums.length === 0 ? {} : { activities: added(more.slice(0, sums.length)) }),
            };
          },
        }),
    dispose: () => predictor.dispose(),
  };
}

const NO_SCORES = new Float32Array(0);

function added([first = NO_SCORES, ...more]: readonly Float32Array[]): Float32Array {
  return first.map((one, index) => more.reduce((sum, other) => sum + (other[index] ?? 0), one));
}

/** The output with the scores: the named or the only one. Throws `bad-option`. */
export function scoresPort(graph: Graph, name: string | undefined): GraphPort {
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

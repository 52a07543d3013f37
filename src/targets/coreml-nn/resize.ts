import type { Node } from "../../ir/graph.ts";
import type { ResizeOp } from "../../ir/ops/shape.ts";
import { knownSize } from "../refuse.ts";
import type { Emitters } from "../target.ts";
import type { Emission } from "./emission.ts";
import { emitResampling } from "./resample.ts";
import { coreWindow, isVolumeWindow } from "./window.ts";

/** Changes of size, each by the grid its Keras uses. */
export const resizeEmitters: Pick<Emitters<Emission>, "resize"> = { resize: emitResize };

/**
 * Nearest with whole factors and bilinear on TensorFlow 1's grid have classic layers, bilinear with whole factors on
 * half pixels one of specification 5. Every other way is a fixed linear map along each axis, written as the matrix it is.
 * @see NeuralNetwork.proto UpsampleLayerParams, SamplingMode
 */
function emitResize(node: Node<ResizeOp>, emission: Emission): string {
  const { interpolation, coordinates, layout: order } = node.op;
  const input = emission.input(node);
  const spatial = input.shape.length - 2;
  const ones = new Array<number>(spatial).fill(1);
  const window = coreWindow({
    size: spatial === 3 ? [2, 2, 2] : ones,
    strides: ones,
    dilations: ones,
    padding: "valid",
    layout: order,
  });
  const factors = wholeFactors(node, emission);
  if (isVolumeWindow(window)) return emitResampling(node, emission);
  const x = emission.read(node, window.layout).name;
  const scalingFactor = window.axes.map((axis) =>
    axis === undefined ? 1 : (factors?.[axis] ?? 1),
  );
  const write = (): ReturnType<Emission["write"]> => emission.write(node, window.layout);
  if (factors !== undefined && interpolation === "nearest") {
    return write().finish({ upsample: { scalingFactor, mode: "NN" } }, x);
  }
  if (interpolation === "bilinear" && factors !== undefined) {
    const grid =
      coordinates === "asymmetric" ? {} : ({ linearUpsampleMode: "ALIGN_CORNERS_FALSE" } as const);
    return write().finish({ upsample: { scalingFactor, mode: "BILINEAR", ...grid } }, x);
  }
  if (interpolation !== "bilinear" || coordinates !== "asymmetric") {
    return emitResampling(node, emission);
  }
  const shape = emission.shapeOf(node.outputs[0] ?? "");
  const first = order === "channels-first" ? 2 : 1;
  const targetSize = window.axes.map((axis) =>
    axis === undefined ? 1 : knownSize(node, shape, first + axis, "The new size"),
  );
  return write().finish(
    { resizeBilinear: { targetSize, mode: { samplingMethod: "UPSAMPLE_MODE" } } },
    x,
  );
}

/** Whole-number factors, given or found; undefined where the sizes do not divide. */
function wholeFactors(node: Node<ResizeOp>, emission: Emission): readonly number[] | undefined {
  const { factors, size = [], layout } = node.op;
  if (factors !== undefined) return factors;
  const { shape } = emission.input(node);
  const first = layout === "channels-first" ? 2 : 1;
  const found = size.map((to, axis) => to / (shape[first + axis] ?? Number.NaN));
  return found.every((factor) => Number.isInteger(factor) && factor >= 1) ? found : undefined;
}

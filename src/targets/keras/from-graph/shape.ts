import type { ReshapeOp, ResizeOp } from "../../../ir/ops/shape.ts";
import { dataFormat } from "./conv.ts";
import type { LayerDraft, StepTypes } from "./layer.ts";

/** Flatten where one axis is left, else Reshape. */
export function reshapeLayer({ shape }: ReshapeOp, { inputs: [input] }: StepTypes): LayerDraft {
  const [only] = shape;
  if (shape.length === 1 && (input?.shape.length ?? 0) > 2 && only !== null) {
    return { className: "Flatten", config: { data_format: "channels_last" } };
  }
  return { className: "Reshape", config: { target_shape: shape.map((dim) => dim ?? -1) } };
}

/** UpSampling for whole factors, Resizing for sizes. */
export function resizeLayer(op: ResizeOp, { generation }: StepTypes): LayerDraft {
  const { factors, size, interpolation, coordinates, layout } = op;
  const wanted = generation === 3 || size !== undefined ? "half-pixel" : "asymmetric";
  const whole = interpolation === "nearest" && factors !== undefined;
  if (!whole && coordinates !== wanted) {
    return { unsupported: `Keras ${generation} samples at other places between the pixels.` };
  }
  const rank = factors?.length ?? size?.length ?? 0;
  if (factors !== undefined && rank === 1 && interpolation === "nearest") {
    return { className: "UpSampling1D", config: { size: factors[0] ?? 1 } };
  }
  if (factors !== undefined && rank === 3 && interpolation === "nearest") {
    return {
      className: "UpSampling3D",
      config: { size: factors, data_format: dataFormat(layout) },
    };
  }
  if (rank !== 2) return { unsupported: "Keras has no resizing over so many axes." };
  if (factors !== undefined) {
    return {
      className: "UpSampling2D",
      config: { size: factors, data_format: dataFormat(layout), interpolation },
    };
  }
  const [height = 1, width = 1] = size ?? [];
  const config = { height, width, interpolation, data_format: dataFormat(layout) };
  return { className: "Resizing", config };
}

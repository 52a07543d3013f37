import { fail } from "../../errors.ts";
import type {
  ArrayFeatureType,
  FeatureDescription,
  MILSpecDataType,
  MILSpecNamedValueType,
} from "../../formats/coreml/types.gen.ts";
import { showShape } from "../tensor.ts";
import type { Program } from "./open.ts";
import { showType } from "./value.ts";

/**
 * The description tells of exactly the function's inputs, as the function declares them, and of outputs that it gives.
 * Throws `bad-config` where they differ, `unsupported` for a model with a state.
 */
export function checkInterface({ described, inputs, outputs }: Program): void {
  const names = new Set(described.inputs.map(({ name }) => name ?? ""));
  for (const input of inputs) {
    if (input.type?.stateType !== undefined) {
      fail("unsupported", `The program has a state, "${input.name}", which is not computed here.`);
    }
    if (!names.has(input.name ?? "")) {
      fail("bad-config", `The program has an input "${input.name}" that is not described.`);
    }
  }
  for (const feature of described.inputs) {
    const input = inputs.find(({ name }) => name === feature.name);
    if (input === undefined) {
      fail("bad-config", `The program has no input "${feature.name}", which is described.`);
    } else {
      checkInput(feature, input);
    }
  }
  for (const { name = "" } of described.outputs) {
    if (!outputs.includes(name)) fail("bad-config", `No operation makes the output "${name}".`);
  }
}

/** Whether an array of flexible shape may have these sizes; one that is not flexible may have its own only. */
export function allowsShape(type: ArrayFeatureType, shape: readonly number[]): boolean {
  const { enumeratedShapes, shapeRange, shape: declared = [] } = type;
  if (enumeratedShapes !== undefined) {
    return (enumeratedShapes.shapes ?? []).some((one) => one.shape?.join() === shape.join());
  }
  if (shapeRange === undefined) return declared.join() === shape.join();
  const ranges = shapeRange.sizeRanges ?? [];
  return (
    ranges.length === shape.length &&
    ranges.every(({ lowerBound = 0, upperBound = 0 }, axis) => {
      const size = shape[axis] ?? 0;
      return size >= lowerBound && (upperBound < 0 || size <= upperBound);
    })
  );
}

function checkInput({ name, type }: FeatureDescription, input: MILSpecNamedValueType): void {
  const { imageType, multiArrayType } = type ?? {};
  const declared = input.type?.tensorType;
  const dimensions = declared?.dimensions ?? [];
  const described = multiArrayType?.shape ?? [
    1,
    imageType?.colorSpace?.startsWith("GRAYSCALE") === true ? 1 : 3,
    imageType?.height ?? 0,
    imageType?.width ?? 0,
  ];
  const fits =
    dimensions.length === described.length &&
    dimensions.every(({ constant }, axis) => !constant || constant.size === described[axis]);
  if (!fits) {
    fail(
      "bad-config",
      `Input "${name}" is described as ${showShape(described)}, but the program takes ${showType(input.type)}.`,
    );
  }
  const wanted: MILSpecDataType =
    imageType === undefined
      ? ARRAY_TYPES[multiArrayType?.dataType ?? "INVALID_ARRAY_DATA_TYPE"]
      : imageType.colorSpace === "GRAYSCALE_FLOAT16"
        ? "FLOAT16"
        : "FLOAT32";
  if (declared?.dataType === wanted) return;
  fail(
    "bad-config",
    `Input "${name}" is described as ${wanted}, but the program takes ${declared?.dataType ?? "no tensor"}.`,
  );
}

const ARRAY_TYPES: Readonly<Record<NonNullable<ArrayFeatureType["dataType"]>, MILSpecDataType>> = {
  INVALID_ARRAY_DATA_TYPE: "UNUSED_TYPE",
  FLOAT16: "FLOAT16",
  FLOAT32: "FLOAT32",
  DOUBLE: "FLOAT64",
  INT8: "INT8",
  INT32: "INT32",
};

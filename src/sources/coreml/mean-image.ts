import { fail } from "../../errors.ts";
import { toFloat32 } from "../../formats/coreml/carriers.ts";
import type { NeuralNetworkPreprocessing } from "../../formats/coreml/types.gen.ts";
import type { GraphBuilder } from "../../ir/build.ts";
import type { ValueId } from "../../ir/graph.ts";
import { constantWeight } from "../../weights/constant.ts";
import { mapWeight } from "../../weights/map.ts";
import { transposeWeight } from "../../weights/transpose.ts";
import type { InputPlan } from "./inputs.ts";

/** Whether an image is taken off the pictures of an input: then the graph itself prepares them. */
export function hasMeanImage(
  name: string,
  preprocessing: readonly NeuralNetworkPreprocessing[] = [],
): boolean {
  return preprocessing.some((step) => step.featureName === name && step.meanImage !== undefined);
}

/**
 * The steps that prepare the pictures of an input, as steps of the graph: scales with biases, and images taken off.
 * @see NeuralNetwork.proto NeuralNetworkMeanImage: channels, height, width
 */
export function prepareInput(
  builder: GraphBuilder,
  input: ValueId,
  { name, feature, dims }: InputPlan,
  preprocessing: readonly NeuralNetworkPreprocessing[] = [],
): ValueId {
  const space = feature.type?.imageType?.colorSpace;
  const steps = preprocessing.filter(({ featureName }) => featureName === name);
  return steps.reduce((value, { scaler, meanImage }, index) => {
    const id = `${name}/preprocessing_${index}`;
    const origin = { layer: id, className: "Rescaling", config: {}, call: 0, trainable: false };
    if (meanImage !== undefined) {
      const mean = toFloat32(meanImage.meanImage);
      const shape = dims.slice(-3).map((dim) => dim ?? 0);
      if (mean.length !== shape.reduce((size, dim) => size * dim, 1)) {
        fail(
          "bad-weights",
          `The mean image of "${name}" has ${mean.length} numbers, expected [${shape.join(", ")}].`,
        );
      }
      const image = transposeWeight(constantWeight(id, shape, mean), [1, 2, 0]);
      const offset = mapWeight("negated", [image], image.shape, (numbers = new Float64Array()) =>
        numbers.map((number) => -number),
      );
      return builder.add({ kind: "affine", weights: { offset } }, [value], origin)[0] ?? value;
    }
    const {
      channelScale = 0,
      redBias = 0,
      greenBias = 0,
      blueBias = 0,
      grayBias = 0,
    } = scaler ?? {};
    const colors = [redBias, greenBias, blueBias];
    const gray = space === "GRAYSCALE" || space === "GRAYSCALE_FLOAT16";
    const biases = gray ? [grayBias] : space === "BGR" ? colors.reverse() : colors;
    const weights = {
      scale: constantWeight(`${id}/scale`, [1], [channelScale]),
      offset: constantWeight(`${id}/offset`, [biases.length], biases),
    };
    return builder.add({ kind: "affine", weights }, [value], origin)[0] ?? value;
  }, input);
}

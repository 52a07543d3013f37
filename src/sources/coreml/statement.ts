import type {
  Model,
  NeuralNetworkImageScaler,
  NeuralNetworkPreprocessing,
} from "../../formats/coreml/types.gen.ts";
import type { ImageStatement, ModelMetadata, ModelStatement } from "../../ir/model-statement.ts";
import type { InputPlan } from "./inputs.ts";
import { hasMeanImage } from "./mean-image.ts";
import type { OpenedNetwork } from "./network.ts";
import { singleNumber } from "./single-number.ts";

/** What a model says beside its network: pictures, labels, descriptions, metadata. */
export function stateModel(
  model: Model,
  network: Pick<OpenedNetwork, "message" | "outputs"> | undefined,
  inputs: readonly Pick<InputPlan, "name" | "feature" | "image">[],
): ModelStatement {
  const { description = {} } = model;
  const scores = network?.outputs.find((output) => output.scores)?.name;
  const labels = labelsOf(model);
  const { predictedFeatureName } = description;
  const texts = (
    list: readonly {
      readonly name?: string | undefined;
      readonly shortDescription?: string | undefined;
    }[] = [],
  ) =>
    Object.fromEntries(
      list.flatMap(({ name = "", shortDescription = "" }) =>
        shortDescription === "" ? [] : [[name, shortDescription]],
      ),
    );
  return {
    images: inputs
      .filter(({ image }) => image)
      .map((input) => imageOf(input, network?.message.preprocessing ?? [])),
    ...(labels === undefined ? {} : { labels }),
    ...(scores === undefined ? {} : { scores }),
    ...(predictedFeatureName ? { predictedFeatureName } : {}),
    inputDescriptions: texts(description.input),
    outputDescriptions: texts(description.output),
    metadata: metadataOf(model),
  };
}

function labelsOf(model: Model): readonly string[] | readonly number[] | undefined {
  const { neuralNetworkClassifier: own, pipelineClassifier } = model;
  if (pipelineClassifier !== undefined) {
    const last = pipelineClassifier.pipeline?.models?.at(-1);
    return last === undefined ? undefined : labelsOf(last);
  }
  return own?.stringClassLabels?.vector ?? own?.int64ClassLabels?.vector;
}

function metadataOf({ description }: Model): ModelMetadata {
  const { author, license, shortDescription, versionString, userDefined } =
    description?.metadata ?? {};
  return {
    ...(author ? { author } : {}),
    ...(license ? { license } : {}),
    ...(shortDescription ? { shortDescription } : {}),
    ...(versionString ? { version: versionString } : {}),
    userDefined: Object.fromEntries(userDefined ?? []),
  };
}

/** Steps of scaling one after another are one scale and one bias for each colour. */
function imageOf(
  { name, feature }: Pick<InputPlan, "name" | "feature">,
  preprocessing: readonly NeuralNetworkPreprocessing[],
): ImageStatement {
  const space = feature.type?.imageType?.colorSpace;
  const gray = space === "GRAYSCALE" || space === "GRAYSCALE_FLOAT16";
  // with an image to take off, the graph prepares the pictures itself
  const inGraph = hasMeanImage(name, preprocessing);
  const steps = preprocessing.filter(({ featureName }) => featureName === name && !inGraph);
  const combined = steps.reduce(
    (sum, { scaler }) => (scaler === undefined ? sum : after(sum, scaler, gray)),
    NEUTRAL,
  );
  const { scale, bias } = combined;
  return {
    input: name,
    channels: gray ? 1 : 3,
    preprocessing: {
      name: "custom",
      colorOrder: space === "BGR" ? "bgr" : "rgb",
      scale: [scale, scale, scale],
      bias,
    },
  };
}

type Triple = readonly [red: number, green: number, blue: number];

const NEUTRAL: Scaling = { scale: 1, bias: [0, 0, 0] };

interface Scaling {
  readonly scale: number;
  readonly bias: Triple;
}

/** @see NeuralNetwork.proto NeuralNetworkImageScaler: `channelScale * pixel + bias`, an unset scale being 0 */
function after({ scale, bias }: Scaling, scaler: NeuralNetworkImageScaler, gray: boolean): Scaling {
  const factor = singleNumber(scaler.channelScale);
  const { redBias, greenBias, blueBias, grayBias } = scaler;
  const own = gray ? [grayBias, grayBias, grayBias] : [redBias, greenBias, blueBias];
  const at = (index: 0 | 1 | 2): number => factor * bias[index] + singleNumber(own[index]);
  return { scale: scale * factor, bias: [at(0), at(1), at(2)] };
}

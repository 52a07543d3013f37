import { layersIn, weightsIn } from "../formats/coreml/layer-weights.ts";
import { layerKindOf } from "../formats/coreml/network.ts";
import type {
  NeuralNetwork,
  NeuralNetworkLayer,
  WeightParams,
} from "../formats/coreml/types.gen.ts";
import { layerWeightShape } from "../formats/coreml/weight-shapes.ts";
import { carriersOf, countStored, storedNumbers } from "../formats/coreml/weight-values.ts";
import { statisticsOf } from "../weights/statistics.ts";
import type { Findings } from "./finding.ts";
import { judgeNumbers } from "./judge-numbers.ts";

/** Judges every layer of a network, with those of the networks within: code of others, and all numbers. */
export function scanNetwork(
  { layers = [], preprocessing = [] }: NeuralNetwork,
  findings: Findings,
): void {
  for (const { featureName = "", scaler = {} } of preprocessing) {
    const wrong = Object.entries(scaler).filter(([, number]) => !Number.isFinite(number));
    for (const [name] of wrong) {
      findings.add(
        "weights/not-finite",
        { path: `preprocessing/${featureName}` },
        `Its ${name} is no number.`,
      );
    }
  }
  for (const { path, message } of layersIn(layers, "")) {
    const { custom } = message;
    if (custom !== undefined) {
      const at = { path, layer: path, className: "custom" };
      findings.add(
        "code/custom-layer",
        at,
        `Core ML would look up the class ${custom.className ?? ""}.`,
      );
    }
    for (const [field, params] of weightsIn(message)) {
      scanWeight(path, message, field, params, findings);
    }
  }
}

function scanWeight(
  layer: string,
  message: NeuralNetworkLayer,
  field: string,
  params: WeightParams,
  findings: Findings,
): void {
  const carriers = carriersOf(params);
  // Bytes for inputs that are quantised at run time have no numbers of their own.
  if (carriers.length === 0 || String(carriers) === "int8RawValue") return;
  const kind = layerKindOf(message) ?? "";
  const at = { path: `${layer}/${field}`, layer, className: kind };
  const { shape = [countIn(params)], channelAxis } = layerWeightShape(message, field);
  const numbers = storedNumbers(params, shape, channelAxis);
  if (typeof numbers === "string") {
    findings.add("weights/mismatch", at, `It has ${numbers}.`);
    return;
  }
  const use = {
    variance: kind === "batchnorm" && field === "variance",
    kernel: KERNELS.has(kind) && field === "weights",
    optimizer: false,
    float: carriers.includes("floatValue"),
  };
  judgeNumbers(at, statisticsOf({ shape, readInto: numbers.readInto }), use, findings);
}

const KERNELS: ReadonlySet<string> = new Set([
  "convolution",
  "innerProduct",
  "embedding",
  "embeddingND",
]);

/** Of codes, those that fill the last byte too. */
function countIn(params: WeightParams): number {
  const bits = params.quantization?.numberOfBits ?? 8;
  const stored = countStored(params) ?? 0;
  return stored > 0 ? stored : Math.floor(((params.rawValue?.byteLength ?? 0) * 8) / bits);
}

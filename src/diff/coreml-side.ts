import { fail, KcError } from "../errors.ts";
import type { ByteFolder, ByteSource } from "../formats/bytes.ts";
import { classLabelsOf } from "../formats/coreml/class-labels.ts";
import { readModel } from "../formats/coreml/decode.ts";
import { layersIn, weightsIn } from "../formats/coreml/layer-weights.ts";
import { layerKindOf, networkOf } from "../formats/coreml/network.ts";
import { type BlobLookup, locateCoreML } from "../formats/coreml/open.ts";
import { operationsOf, tensorsIn } from "../formats/coreml/operations.ts";
import { createTensorReader } from "../formats/coreml/program-value.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import { layerWeightShape } from "../formats/coreml/weight-shapes.ts";
import { countStored, storedNumbers } from "../formats/coreml/weight-values.ts";
import { type Dim, sizeOf } from "../ir/tensor.ts";
import type { Json } from "../json.ts";
import { type CoreMLModel, readCoreML } from "../sources/coreml/index.ts";
import { graphSide } from "./graph-side.ts";
import type { ReadSide } from "./keras-side.ts";
import type { DiffLayer, DiffSide, DiffWeight } from "./side.ts";

/** What is known of a Core ML model from the one that it is compared with. */
export interface Counterpart {
  /** The layer of the other model that a layer belongs to. */
  nameOf(layer: string): string;
  /** Shapes of its inputs, in order. */
  readonly inputs: readonly (readonly Dim[])[];
}

/**
 * A Core ML model as one side of a comparison: the layers of a network, by the names that the other side gives them; of
 * models without layers that a graph can say what they tell of themselves, and their arrays. Throws what opening a file
 * throws.
 */
export function coreMLSide(input: ByteSource | ByteFolder, other?: Counterpart): ReadSide {
  const { source, blobs } = locateCoreML(input);
  const model = readModel(source);
  const { specificationVersion = 0, isUpdatable = false } = model;
  const rest = { writer: `Core ML, specification ${specificationVersion}`, optimizer: [] };
  const read = readLayers(model, other?.inputs ?? []);
  if (read instanceof KcError) {
    const layers = model.mlProgram === undefined ? plainLayers(model) : programLayers(model, blobs);
    const ports = { inputs: [], outputs: [] };
    const side = { ...rest, ...ports, layers, architecture: false, said: saidOf(model) };
    const why = { code: "unsupported", text: WITHOUT_LAYERS, at: { file: input.name } } as const;
    return { side, warnings: [why, ...read.diagnostics] };
  }
  const bits = quantisedLayers(model);
  const layers = graphSide(read.graph, {
    nameOf: (layer) => other?.nameOf(layer) ?? layer,
    trainable: ({ origin }) => !isUpdatable || origin.trainable,
    bitsOf: (layer) => bits.get(layer),
  });
  const side: DiffSide = { ...rest, ...layers, architecture: true, said: saidOf(model, read) };
  return { side, warnings: read.warnings };
}

/** The layers of a network with the sizes that only the other model states, if they fit; what is in the way else. */
function readLayers(model: Model, inputs: readonly (readonly Dim[])[]): CoreMLModel | KcError {
  const features = (model.description?.input ?? []).filter(({ type }) => type?.isOptional !== true);
  const shapes = features.flatMap(({ name = "" }, at) => {
    const shape = inputs[at];
    return shape === undefined ? [] : [[name, shape] as const];
  });
  const options = shapes.length === 0 ? [{}] : [{ inputShapes: Object.fromEntries(shapes) }, {}];
  let failure: KcError | undefined;
  for (const one of options) {
    try {
      return readCoreML(model, one);
    } catch (error) {
      if (!(error instanceof KcError)) throw error;
      failure = error;
    }
  }
  if (failure !== undefined && failure.code === "unsupported") return failure;
  throw failure;
}

const WITHOUT_LAYERS =
  "Its layers cannot be compared: only what it says of itself, its labels and its arrays are.";

/** What a file says beside its layers. */
function saidOf(model: Model, read?: CoreMLModel): Readonly<Record<string, Json>> {
  const { description = {}, isUpdatable = false } = model;
  const { metadata = {}, input = [], output = [] } = description;
  const features = [...input, ...output].map(({ name = "", shortDescription = "" }) => [
    `description of ${name}`,
    shortDescription,
  ]);
  const pictures = (read?.statement.images ?? []).map(({ input: name, preprocessing }) => [
    `pictures of ${name}`,
    pictureText(preprocessing),
  ]);
  const { userDefined, ...named } = metadata;
  const own = [...(userDefined ?? [])].filter(([key]) => !WRITERS.test(key));
  return Object.fromEntries([
    ["updatable", isUpdatable],
    ["labels", [...(classLabelsOf(model) ?? [])]],
    ...features,
    ...pictures,
    ...Object.entries(named),
    ...own.map(([key, value]) => [`metadata ${key}`, value]),
  ]);
}

/** What programs say of themselves. */
const WRITERS = /^com\.github\.apple\.coremltools\.|^coremltoolsVersion$/;

function pictureText({
  colorOrder,
  scale,
  bias,
}: CoreMLModel["statement"]["images"][number]["preprocessing"]): string {
  const short = (value: number) => String(Number(value.toPrecision(6)));
  return `${colorOrder.toUpperCase()}, pixel × ${short(scale[0])} + (${bias.map(short).join(", ")})`;
}

function quantisedLayers(model: Model): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { message } of layersIn(networkOf(model)?.layers ?? [], "")) {
    for (const [, { quantization }] of weightsIn(message)) {
      const bits = quantization?.numberOfBits ?? 0;
      if (bits > 0) found.set(message.name ?? "", bits);
    }
  }
  return found;
}

/** The arrays of a network with layers that no graph can say. */
function plainLayers(model: Model): readonly DiffLayer[] {
  return [...layersIn(networkOf(model)?.layers ?? [], "")].map(({ path, message }): DiffLayer => {
    const weights = [...weightsIn(message)].flatMap(([role, params]): readonly DiffWeight[] => {
      const { shape, channelAxis } = layerWeightShape(message, role);
      const count = [countStored(params) ?? 0];
      const numbers = storedNumbers(params, shape ?? count, channelAxis);
      if (typeof numbers === "string") return [];
      const { dtype, readInto } = numbers;
      return [{ role, ref: { shape: shape ?? count, dtype, readInto } }];
    });
    const className = layerKindOf(message) ?? "";
    return { name: path, className, trainable: true, config: {}, inputs: [], weights };
  });
}

/** Smaller constants are parameters of operations, not weights. */
const SMALLEST = 10;

/** Every array of a program, by the name that the program gives it. */
function programLayers(model: Model, blobs: BlobLookup): readonly DiffLayer[] {
  const read = createTensorReader(blobs);
  const layers: DiffLayer[] = [];
  for (const { message } of operationsOf(model)) {
    for (const [path, value] of tensorsIn(message)) {
      const { weight } = read(value, path, { path });
      if (value.blobFileValue === undefined && sizeOf(weight.shape) < SMALLEST) continue;
      const weights = [{ role: "numbers", ref: weight }];
      layers.push({ name: path, className: "", trainable: true, config: {}, inputs: [], weights });
    }
  }
  return layers;
}

/** Refuses what has no common ground: the arrays of a program are those of a Keras file in another order. */
export function requireLayers({ architecture }: DiffSide, file: string): void {
  if (architecture) return;
  fail("unsupported", "Its layers cannot be compared with those of a Keras file.", {
    at: { file },
    hint: "kc verify compares what both compute.",
  });
}

import { fail } from "../../errors.ts";
import { type Augmentation, drawTransform, isIdentity } from "../../image/augment/augmentation.ts";
import { randomAt } from "../../random.ts";
import { classTargets, type TargetKind } from "../../train/class-targets.ts";
import type { SampleOrder } from "../../train/sample-order.ts";
import type { IndexedData, SampleFault, TrainingBatch } from "../../train/training-data.ts";
import { checkWhole, sharedFloats } from "./batches.ts";
import { inOrder } from "./in-order.ts";
import { type KeptPictures, keepPictures } from "./kept-pictures.ts";
import { type InputOptions, inputLength, inputShape, type LoadTask } from "./load-pictures.ts";
import { openPictureLoader, type PictureLoader } from "./loader.ts";
import type { PictureFile, PictureSet } from "./picture-set.ts";

/** How pictures become what a model learns from. */
export interface TrainingPictureOptions extends InputOptions {
  readonly target: TargetKind;
  /** Which pictures an epoch has, by their numbers in the set, and in which order. */
  readonly order: SampleOrder;
  /** 32 by default; the last batch may be smaller. */
  readonly batchSize?: number;
  /** What a sample of each class counts; 1 by default. Keras' `class_weight`. */
  readonly classWeights?: readonly number[];
  /** What each picture of the set counts; 1 by default. Both weights are multiplied. */
  readonly sampleWeights?: ArrayLike<number>;
  /** Random changes of the pictures; none by default. */
  readonly augmentation?: Augmentation;
  /** Of these changes; 0 by default. */
  readonly seed?: number;
  /** Bytes of decoded pictures that are kept from epoch to epoch; by default a quarter of the free memory, up to 1 GiB. */
  readonly keepBytes?: number;
  /** Batches that are prepared ahead while the model computes; 2 by default. */
  readonly lookAhead?: number;
  /** Threads that decode: one for each processor by default, 0 for none. The numbers are the same. */
  readonly threads?: number;
  /** Threads that are shared with other data, instead of own ones; whoever opened them closes them. */
  readonly loader?: PictureLoader;
  /** `wasm` leaves sharp alone even where it is installed. */
  readonly jpeg?: "auto" | "wasm";
}

/** Pictures of one task: small enough to share out evenly, large enough to be worth a message. */
const TASK = 4;

/**
 * A folder of classes, or a list with labels, as training data. Batches are those of the order, less what cannot be used: a
 * picture that cannot be read makes its batch smaller and is told in `faults`. Throws `bad-option` for pictures without
 * labels and for sizes that make no sense.
 */
export async function openTrainingPictures(
  set: PictureSet,
  options: TrainingPictureOptions,
): Promise<IndexedData> {
  const { batchSize = 32, order } = options;
  checkWhole("batch size", batchSize);
  checkWhole("width", options.size.width);
  checkWhole("height", options.size.height);
  checkLabels(set);
  const loader = options.loader ?? (await openPictureLoader(options.threads));
  const faults = new Map<string, SampleFault>();
  for (const { name, why } of set.faults) faults.set(name, { name, why });
  const { augmentation } = options;
  const kept = keepPictures(inputLength(options), options.keepBytes);
  const run: Run = { set, options, batchSize, loader, kept, free: [], lent: new WeakMap(), faults };
  // Who asks for samples apart from any epoch keeps what becomes of them.
  const once: Run = { ...run, kept: keepPictures(inputLength(options), 0) };
  return {
    samples: order.samples,
    batchSize,
    batches: Math.ceil(order.samples / batchSize),
    augmented: augmentation !== undefined && !isIdentity(augmentation),
    get faults() {
      return [...faults.values()];
    },
    epoch: (epoch, first = 0, signal) => {
      return batchesOf(run, { epoch, samples: order.of(epoch) }, first, signal);
    },
    order: (epoch) => order.of(epoch),
    load: (samples, signal) => batchesOf(once, { epoch: 0, samples }, 0, signal),
    answers: (samples) => answersOf(run, samples),
    release: (batch) => giveBack(run, batch),
    close: async () => {
      if (options.loader === undefined) await loader.close();
    },
  };
}

interface Run {
  readonly set: PictureSet;
  readonly options: TrainingPictureOptions;
  readonly batchSize: number;
  readonly loader: PictureLoader;
  readonly kept: KeptPictures;
  /** Memory of batches that were given back. */
  readonly free: Float32Array[];
  /** The same of batches that are used, by the numbers that they were given as. */
  readonly lent: WeakMap<Float32Array, Float32Array>;
  /** By the name of the picture. */
  readonly faults: Map<string, SampleFault>;
}

function checkLabels({ files, classes }: PictureSet): void {
  const without = files.find(({ label }) => label === undefined);
  if (classes.length > 0 && without === undefined) return;
  fail("bad-option", `The picture ${without?.name ?? ""} has no label.`, {
    hint: "Put the pictures of each class into a folder of its own, or write a list with labels.",
  });
}

async function* batchesOf(
  run: Run,
  { epoch, samples }: { readonly epoch: number; readonly samples: readonly number[] },
  first: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainingBatch, void, undefined> {
  const { options, batchSize, loader } = run;
  const order = numbered(samples);
  let number = first;
  const start = (): Promise<TrainingBatch> | undefined => {
    const items = order.slice(number * batchSize, (number + 1) * batchSize);
    return items.length === 0 ? undefined : loadBatch(run, epoch, number++, items);
  };
  const ahead = loader.threads === 0 ? 1 : 1 + (options.lookAhead ?? 2);
  for await (const batch of inOrder(start, ahead, signal)) {
    if (batch.samples.length > 0) yield batch;
  }
}

/** A sample in an epoch, and which time it comes there. */
interface Item {
  readonly sample: number;
  readonly repeat: number;
}

function numbered(order: readonly number[]): readonly Item[] {
  const counts = new Map<number, number>();
  return order.map((sample) => {
    const repeat = counts.get(sample) ?? 0;
    counts.set(sample, repeat + 1);
    return { sample, repeat };
  });
}

/** A part of a batch as a thread loads it. */
interface Part {
  readonly items: readonly Item[];
  readonly faults: readonly (string | undefined)[];
}

async function loadBatch(
  run: Run,
  epoch: number,
  number: number,
  items: readonly Item[],
): Promise<TrainingBatch> {
  const { options, batchSize } = run;
  const length = inputLength(options);
  const memory = run.free.pop() ?? sharedFloats(batchSize * length);
  const parts: Promise<Part>[] = [];
  for (let at = 0; at < items.length; at += TASK) {
    const target = memory.subarray(at * length, (at + TASK) * length);
    parts.push(loadPart(run, epoch, items.slice(at, at + TASK), target));
  }
  const samples: number[] = [];
  for (const [index, { items: own, faults }] of (await Promise.all(parts)).entries()) {
    const good = own.filter((_, item) => faults[item] === undefined);
    // Behind pictures that are missing the others move up.
    const start = index * TASK * length;
    if (samples.length * length !== start) {
      memory.copyWithin(samples.length * length, start, start + good.length * length);
    }
    samples.push(...good.map(({ sample }) => sample));
  }
  const data = memory.subarray(0, samples.length * length);
  run.lent.set(data, memory);
  const shape = [samples.length, ...inputShape(options)];
  return { number, samples, inputs: [{ shape, data }], ...answersOf(run, samples) };
}

/** A batch that is given back twice counts once. */
function giveBack({ lent, free }: Run, { inputs }: TrainingBatch): void {
  for (const { data } of inputs) {
    const memory = lent.get(data);
    if (memory !== undefined) free.push(memory);
    lent.delete(data);
  }
}

function answersOf(
  { set, options }: Run,
  samples: readonly number[],
): Pick<TrainingBatch, "target" | "weights"> {
  const labels = samples.map((sample) => set.files[sample]?.label ?? 0);
  const weights = weightsOf(samples, labels, options);
  return {
    target: classTargets(labels, options.target, set.classes.length),
    ...(weights === undefined ? {} : { weights }),
  };
}

async function loadPart(
  run: Run,
  epoch: number,
  items: readonly Item[],
  target: Float32Array,
): Promise<Part> {
  const { set, options, loader, kept } = run;
  const files = items.flatMap(({ sample }) => set.files[sample] ?? []);
  const { jpeg = "auto" } = options;
  const faults = await loader.load({
    paths: files.map(({ path }) => path),
    options: inputOptions(options),
    jpeg,
    target,
    ...changesOf(options, epoch, items),
    kept: items.map(({ sample }) => kept.at(sample)),
  });
  for (const [index, why] of faults.entries()) {
    if (why === undefined) kept.fill(items[index]?.sample ?? -1);
    else noteFault(run, files[index], why);
  }
  return { items, faults };
}

/** What happens to each picture: drawn for the seed, the epoch and the sample alone. */
function changesOf(
  { augmentation, seed = 0, size }: TrainingPictureOptions,
  time: number,
  items: readonly Item[],
): Pick<LoadTask, "changes"> {
  if (augmentation === undefined || isIdentity(augmentation)) return {};
  const { fillMode, cval, version } = augmentation;
  const transforms = items.map(({ sample: item, repeat }) => {
    const random = randomAt(seed, { purpose: "augmentation", time, item, repeat });
    return drawTransform(augmentation, size, random);
  });
  return { changes: { transforms, fill: { fillMode, cval, version } } };
}

function noteFault({ faults }: Run, file: PictureFile | undefined, why: string): void {
  if (file !== undefined) faults.set(file.name, { name: file.name, why });
}

function weightsOf(
  samples: readonly number[],
  labels: readonly number[],
  { classWeights, sampleWeights }: TrainingPictureOptions,
): Float32Array | undefined {
  if (classWeights === undefined && sampleWeights === undefined) return undefined;
  return Float32Array.from(labels, (label, row) => {
    const own = sampleWeights === undefined ? 1 : (sampleWeights[samples[row] ?? 0] ?? 1);
    return own * (classWeights?.[label] ?? 1);
  });
}

/** What a thread needs, and nothing that cannot be sent. */
function inputOptions(options: TrainingPictureOptions): InputOptions {
  const { size, colorMode = "rgb", interpolation = "nearest", fit = "stretch" } = options;
  const { exif = "ignore", preprocessing, layout = "channels-last", samplewise = "none" } = options;
  return { size, colorMode, interpolation, fit, exif, preprocessing, layout, samplewise };
}

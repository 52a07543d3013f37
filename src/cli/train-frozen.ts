import { createHash } from "node:crypto";
import { openPictureRows } from "../io/features/picture-rows.ts";
import { type InputOptions, inputShape, type PictureSet } from "../io/pictures/index.ts";
import type { Graph } from "../ir/graph.ts";
import type { SplitOptions } from "../passes/split-frozen.ts";
import { memorySize, withCommas } from "../report/readable.ts";
import { cachedFeatures } from "../train/features/cached-features.ts";
import { type FeatureStore, memoryStore } from "../train/features/feature-store.ts";
import { type FrozenBase, frozenBase } from "../train/features/frozen-base.ts";
import { streamedFeatures } from "../train/features/streamed-features.ts";
import type { IndexedData, TrainingData } from "../train/training-data.ts";
import { type FrozenSplit, worthwhileSplit } from "./frozen-split.ts";
import { hashOfGraph } from "./graph-hash.ts";
import { openFastest } from "./open-fastest.ts";
import { version } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** A model and its pictures, as they would be trained as a whole. */
export interface WholeRun extends SplitOptions {
  readonly graph: Graph;
  readonly train: PicturePart;
  readonly validation: PicturePart | undefined;
  /** How pictures become inputs. */
  readonly input: InputOptions;
  /** What runs the frozen part: the name of a backend, or `auto`. */
  readonly backend: string;
  /** A folder for features that outlive the run. */
  readonly cache: string | undefined;
}

/** Pictures and the data that are made of them; its samples are numbered as the files. */
export interface PicturePart {
  readonly pictures: PictureSet;
  readonly data: IndexedData;
}

/** A model without its frozen part. */
export interface CutRun {
  /** What is left to train. */
  readonly graph: Graph;
  /** Data for it: features are computed here and kept, or batch by batch where the pictures are other ones in each epoch. */
  features(signal: AbortSignal, listener?: FrozenListener): Promise<CutData>;
  close(): Promise<void>;
}

/** Data for the part behind the cut. */
export interface CutData {
  readonly train: TrainingData;
  readonly validation: TrainingData | undefined;
  readonly frozen: FrozenReport;
}

/** What is said of the frozen part. */
export interface FrozenReport {
  readonly layers: number;
  /** Of the whole model. */
  readonly of: number;
  /** What runs it. */
  readonly backend: string;
  /** Whether features are computed once or for each batch. */
  readonly computed: "once" | "each batch";
  /** Numbers of a picture's features. */
  readonly numbers: number;
  /** Bytes of those that are kept. */
  readonly bytes: number;
  /** Where they are kept. */
  readonly kept: string;
}

/** What is told while features are computed. */
export type FrozenListener = Pick<Terminal, "dim" | "say" | "progress">;

/**
 * Takes the frozen part off a model, if that saves work worth speaking of; undefined where the whole model is to be trained.
 * The data stay the caller's.
 */
export function cutFrozen(whole: WholeRun): CutRun | undefined {
  const split = worthwhileSplit(whole.graph, inputShape(whole.input), whole);
  if (split === undefined) return undefined;
  const open: TrainingData[] = [];
  let base: FrozenBase | undefined;
  return {
    graph: split.tail,
    async features(signal, listener) {
      const { predictor, title, install } = await openFastest(split.base, whole.backend);
      base = frozenBase(split, predictor);
      const place = placeOf(whole, split);
      const frozen = reportOf(whole, split, { title, place });
      listener?.say(frozenLine(frozen));
      if (install !== undefined) listener?.say(listener.dim(`To be faster: ${install}`));
      const store = { place, space: spaceOf(whole, split, title), length: split.length };
      const train = await featuresOf(whole.train, { split, store, base, listener, signal });
      open.push(train);
      const validation =
        whole.validation &&
        (await featuresOf(whole.validation, { split, store, base, listener, signal }));
      if (frozen.computed === "once") {
        await base.dispose();
        base = undefined;
      }
      return { train, validation, frozen };
    },
    async close() {
      for (const data of open) await data.close();
      await base?.dispose();
    },
  };
}

/**
 * What could be computed once if frozen batch normalisations did not go by the batch; undefined where nothing could, or where
 * they do not.
 */
export function storedNormHint(whole: WholeRun): string | undefined {
  if (whole.frozenNorm === "stored") return undefined;
  const picture = inputShape(whole.input);
  const now = worthwhileSplit(whole.graph, picture, whole);
  const then = worthwhileSplit(whole.graph, picture, { frozenNorm: "stored" });
  if (then === undefined || then.layers === now?.layers) return undefined;
  return `Frozen batch normalisations go by the batch, as in the Keras that saved the model. With --frozen-norm stored, ${then.layers} of ${then.of} layers would be computed once.`;
}

/** Features that need more bytes than these are read from the disk. */
const MOST_MEMORY = 2 ** 30;
const FOLDER = ".kc-cache";

/** Where features are kept. */
interface Place {
  /** Undefined for memory alone. */
  readonly folder: string | undefined;
  readonly memory: "all rows" | "none";
  readonly bytes: number;
}

function placeOf({ train, validation, cache }: WholeRun, { length }: FrozenSplit): Place {
  const kept = [train, validation].flatMap((part) => (part?.data.augmented === false ? part : []));
  const pictures = kept.reduce((sum, part) => sum + part.pictures.files.length, 0);
  const bytes = pictures * length * 4;
  const fits = bytes <= MOST_MEMORY;
  return {
    folder: cache ?? (fits ? undefined : FOLDER),
    memory: fits ? "all rows" : "none",
    bytes,
  };
}

/** What the features of a picture depend on but for the picture. */
function spaceOf({ input }: WholeRun, { base, tail }: FrozenSplit, backend: string): string {
  const names = tail.inputs.map(({ name }) => name);
  const said = JSON.stringify([version(), backend, names, input]);
  return createHash("sha256").update(hashOfGraph(base)).update(said).digest("hex");
}

interface StoreOptions {
  readonly place: Place;
  readonly space: string;
  readonly length: number;
}

function openStore(
  { files }: PictureSet,
  { place: { folder, memory }, ...kind }: StoreOptions,
): FeatureStore {
  if (folder === undefined) return memoryStore();
  const paths = files.map(({ path }) => path);
  return openPictureRows(paths, { ...kind, folder, memory });
}

interface Computing {
  readonly split: FrozenSplit;
  readonly store: StoreOptions;
  readonly base: FrozenBase;
  readonly listener: FrozenListener | undefined;
  readonly signal: AbortSignal;
}

async function featuresOf(
  { pictures, data }: PicturePart,
  { split: { shapes }, store, base, listener, signal }: Computing,
): Promise<TrainingData> {
  if (data.augmented) return streamedFeatures(data, base);
  const features = await cachedFeatures(data, {
    samples: pictures.files.map((_, index) => index),
    shapes,
    store: openStore(pictures, store),
    openBase: async () => base,
    onProgress: (done, samples) =>
      listener?.progress(`features of ${withCommas(done)} of ${withCommas(samples)} pictures`),
    signal,
  });
  listener?.progress("");
  return features;
}

function reportOf(
  { train }: WholeRun,
  { layers, of, length }: FrozenSplit,
  { title, place }: { readonly title: string; readonly place: Place },
): FrozenReport {
  return {
    layers,
    of,
    backend: title,
    computed: train.data.augmented ? "each batch" : "once",
    numbers: length,
    bytes: place.bytes,
    kept: place.folder ?? "memory",
  };
}

/** `86 of 90 layers are frozen: … ` */
function frozenLine({ layers, of, backend, computed: when, ...kept }: FrozenReport): string {
  const [numbers, size] = [withCommas(kept.numbers), memorySize(kept.bytes, "B")];
  const how =
    when === "once"
      ? `computed once, ${numbers} numbers a picture, ${size} in ${kept.kept}`
      : `computed ahead of each batch, ${numbers} numbers a picture`;
  return `frozen: ${layers} of ${of} layers, ${how}, by ${backend}`;
}

import { fail } from "../errors.ts";
import type { BlobLookup } from "../formats/coreml/open.ts";
import type { Model } from "../formats/coreml/types.gen.ts";
import { readBytes } from "../io/node.ts";
import { listPictures, openPictureDecoder } from "../io/pictures/index.ts";
import type { Graph } from "../ir/graph.ts";
import {
  compareModels,
  type InputPlan,
  labelFault,
  pictureSample,
  planInputs,
  type Random,
  randomSamples,
  type Sample,
  seededRandom,
} from "../verify/compare/index.ts";
import { loadClassLabels } from "./class-labels.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { ExpectedPictures } from "./verify-pictures.ts";
import { type VerificationReport, verificationReport } from "./verify-report.ts";

/** Two models and what is known of their pictures. */
export interface Candidates {
  readonly graph: Graph;
  readonly model: Model;
  /** Finds the weight files of programs. */
  readonly blobs?: BlobLookup;
  readonly names: readonly [keras: string, coreML: string];
  readonly pictures: ExpectedPictures;
}

/** Compares on the inputs that the options ask for. Throws `bad-option`, and what reading pictures throws. */
export async function verifyModels(
  { graph, model, blobs, names, pictures }: Candidates,
  flags: FlagReader,
  progress: (text: string) => void,
): Promise<VerificationReport> {
  const start = performance.now();
  const plans = planInputs(graph, model, pictures.preparation);
  const samples = await samplesFor(plans, flags);
  const tolerance = positive(flags, "tolerance");
  const labels = flags.text("classLabels");
  const wrongLabels =
    labels === undefined ? undefined : labelFault(model, loadClassLabels("--class-labels", labels));
  const comparison = compareModels(graph, model, samples, {
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(blobs === undefined ? {} : { blobs }),
    half: flags.has("half"),
    onSample: (done) => progress(`Comparing: ${done} of ${samples.length}`),
  });
  return verificationReport({
    names,
    comparison,
    labelFault: wrongLabels,
    pictures: plans.some((plan) => plan.preprocessing !== undefined) ? pictures : undefined,
    milliseconds: performance.now() - start,
  });
}

async function samplesFor(
  plans: readonly InputPlan[],
  flags: FlagReader,
): Promise<readonly Sample[]> {
  const folder = flags.text("images");
  const random = seededRandom(whole(flags, "seed") ?? 1);
  const count = whole(flags, "random") ?? (folder === undefined ? 10 : 0);
  const pictures = folder === undefined ? [] : await picturesIn(folder, plans, random);
  const samples = [...pictures, ...randomSamples(plans, count, random)];
  if (samples.length > 0) return samples;
  return fail("bad-option", "--random 0 leaves nothing to compare.");
}

async function picturesIn(
  folder: string,
  plans: readonly InputPlan[],
  random: Random,
): Promise<readonly Sample[]> {
  if (plans.every(({ preprocessing }) => preprocessing === undefined)) {
    fail("bad-option", "--images: no input of the model is known to take pictures.", {
      hint: "Say how they are prepared: --preprocess tf, caffe, torch, 0-1 or none.",
    });
  }
  const { files, faults } = await listPictures([folder]);
  const [fault] = faults;
  if (fault !== undefined) {
    const text = `${faults.length} of the pictures in ${folder} cannot be used.`;
    fail("corrupt-file", text, { hint: `${fault.name}: ${fault.why}` });
  }
  const decoder = await openPictureDecoder();
  const samples: Sample[] = [];
  for (const { path, name } of files) {
    const picture = await decoder.decode(readBytes(path), name);
    samples.push(pictureSample(name, plans, picture, random));
  }
  return samples;
}

/** All of them are made before the first is run. */
const MOST_RANDOM = 10_000;

function whole(flags: FlagReader, key: "random" | "seed"): number | undefined {
  const value = flags.number(key);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
    fail("bad-option", `--${key} is ${value}, expected a whole number.`);
  }
  if (key === "random" && value !== undefined && value > MOST_RANDOM) {
    fail("bad-option", `--random is ${value}, expected at most ${MOST_RANDOM}.`);
  }
  return value;
}

function positive(flags: FlagReader, key: string): number | undefined {
  const value = flags.number(key);
  if (value === undefined || value > 0) return value;
  return fail("bad-option", `--${key} is ${value}, expected a number above 0.`);
}

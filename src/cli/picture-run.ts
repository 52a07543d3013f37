import { type Diagnostic, fail, formatDiagnostic } from "../errors.ts";
import { INTERPOLATIONS } from "../image/resize.ts";
import { type PictureBatch, pictureBatches } from "../io/pictures/index.ts";
import type { PictureFault, PictureFile } from "../io/pictures/picture-set.ts";
import { loadSizeOf, scoreBatches } from "../predict/score-pictures.ts";
import { parseViewPlan, type ViewPlan } from "../predict/views.ts";
import { seededRandom } from "../verify/compare/index.ts";
import type { FlagReader } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { type OpenedClassifier, wholeAbove0 } from "./open-classifier.ts";
import type { Terminal } from "./terminal.ts";

/** The exit code when a picture could not be used. */
export const PICTURE_FAULT = 3;

/** What a model said of pictures. */
export interface PictureRun {
  /** Those that could be loaded, in their order. */
  readonly files: readonly PictureFile[];
  /** A row of scores for each of them. */
  readonly scores: Float32Array;
  /** What the scores were made of, likewise; see `withLogits`. */
  readonly logits?: Float32Array;
  /** What regularizers of outputs add to the loss for each of them. */
  readonly activities?: Float32Array;
  readonly outputs: number;
  /** Those that could not. */
  readonly faults: readonly PictureFault[];
  readonly seconds: number;
}

/** The views that `--tta` asks for. Throws `bad-option`. */
export function viewPlanOf(flags: FlagReader): ViewPlan | undefined {
  const text = flags.text("tta");
  const seed = flags.number("seed") ?? 1;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    fail("bad-option", `--seed is ${seed}, expected a whole number.`);
  }
  return text === undefined ? undefined : parseViewPlan(text, seededRandom(seed));
}

/** Shows pictures to a model, batch by batch, while the next ones are decoded. */
export async function runPictures(
  { classifier }: OpenedClassifier,
  pictures: readonly PictureFile[],
  flags: FlagReader,
  options: { readonly plan?: ViewPlan | undefined; readonly progress: (text: string) => void },
): Promise<PictureRun> {
  const { plan, progress } = options;
  const { channels, layout, preprocessing } = classifier.input;
  const interpolation = flags.oneOf("interpolation", INTERPOLATIONS) ?? "nearest";
  const batches = pictureBatches(pictures, {
    size: loadSizeOf(classifier, plan),
    colorMode: ({ 1: "grayscale", 3: "rgb", 4: "rgba" } as const)[channels],
    interpolation,
    fit: flags.has("keepAspectRatio") ? "center-crop" : "stretch",
    exif: flags.has("exif") ? "turn" : "ignore",
    preprocessing,
    layout,
    batchSize: wholeAbove0(flags, "batchSize") ?? 32,
  });
  const files: PictureFile[] = [];
  const faults: PictureFault[] = [];
  const rows: Float32Array[] = [];
  const start = performance.now();
  const logitRows: Float32Array[] = [];
  const sums: Float32Array[] = [];
  for await (const { batch, scores, logits, activities } of scoreBatches<PictureFile, PictureBatch>(
    batches,
    classifier,
    plan,
  )) {
    files.push(...batch.files);
    faults.push(...batch.faults);
    rows.push(scores);
    if (logits !== undefined) logitRows.push(logits);
    if (activities !== undefined) sums.push(activities);
    progress(
      progressLine(files.length + faults.length, pictures.length, performance.now() - start),
    );
  }
  progress("");
  const seconds = (performance.now() - start) / 1000;
  return {
    files,
    scores: joined(rows),
    ...(logitRows.length === 0 ? {} : { logits: joined(logitRows) }),
    ...(sums.length === 0 ? {} : { activities: joined(sums) }),
    outputs: classifier.outputs,
    faults,
    seconds,
  };
}

/** `120 of 364 pictures, 95.3 pictures/s, 3 s left` */
function progressLine(done: number, all: number, milliseconds: number): string {
  const rate = done / Math.max(milliseconds / 1000, 1e-3);
  const left = Math.ceil((all - done) / rate);
  return `${done} of ${all} pictures, ${rate.toFixed(1)} pictures/s, ${left} s left`;
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

/** Says what runs and how pictures are prepared, and all warnings. */
export function introduce(
  { name, backend, faster, preprocessing, warnings }: OpenedClassifier,
  terminal: Terminal,
): void {
  terminal.say(`${name}, ${backend}`);
  if (faster !== undefined) terminal.say(terminal.dim(`To be faster: ${faster}`));
  const { name: preset, why } = preprocessing;
  terminal.say(`pictures prepared: ${preset}${why === undefined ? "" : ` (${why})`}`);
  sayWarnings(warnings, terminal);
}

/** One line for each warning. */
export function sayWarnings(warnings: readonly Diagnostic[], terminal: Terminal): void {
  for (const warning of warnings) {
    terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(inFlagWords(warning))}`);
  }
}

/** Which pictures were not used, and why. */
export function sayFaults(faults: readonly PictureFault[], terminal: Terminal): void {
  const mark = terminal.yellow("not used:");
  for (const { name, why } of faults.slice(0, MOST_FAULTS)) terminal.say(`${mark} ${name}: ${why}`);
  const more = faults.length - MOST_FAULTS;
  if (more > 0) terminal.say(`${mark} ${more} more; --json lists them all`);
}

const MOST_FAULTS = 10;

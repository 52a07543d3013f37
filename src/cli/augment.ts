import { statSync } from "node:fs";
import { fail, KcError } from "../errors.ts";
import { encodePng } from "../formats/picture/encode-png.ts";
import { parseAugmentation } from "../image/augment/augmentation.ts";
import { contactSheet } from "../image/contact-sheet.ts";
import type { Pixels } from "../image/pixels.ts";
import { INTERPOLATIONS } from "../image/resize.ts";
import { checkOutput } from "../io/node.ts";
import { augmentedPictures } from "../io/pictures/augmented-pictures.ts";
import {
  isListName,
  listClassFolder,
  listPictures,
  openPictureDecoder,
  readPictureList,
} from "../io/pictures/index.ts";
import type { PictureFault, PictureFile, PictureSet } from "../io/pictures/picture-set.ts";
import { counted } from "../report/readable.ts";
import { augmentationOf } from "./augmentation.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { sizeFlag, wholeAbove0 } from "./open-classifier.ts";
import { PICTURE_FAULT, sayFaults } from "./picture-run.ts";
import { openTerminal } from "./terminal.ts";
import { seedOf } from "./train-seed.ts";
import { writeInterruptibly } from "./write-interruptibly.ts";

/** More pixels than this no viewer shows well. */
const MOST_PIXELS = 64_000_000;

/** Runs `kc augment`. Throws `KcError`; the exit code is 3 when a picture could not be used, else 0. */
export async function augment(path: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const output = outputOf(flags);
  const augmentation = augmentationOf(flags) ?? parseAugmentation({});
  const epochs = wholeAbove0(flags, "epochs") ?? 8;
  const size = sizeFlag(flags) ?? { width: 224, height: 224 };
  const set = await listed(path);
  const shown = spread(set.files, wholeAbove0(flags, "pictures") ?? 6);
  const pixels = size.width * size.height * (epochs + 1) * shown.length;
  if (pixels > MOST_PIXELS) {
    fail("limit", `The sheet would have ${pixels} pixels, more than ${MOST_PIXELS}.`, {
      hint: "Show less: --pictures 3 --epochs 5 --size 160x160",
    });
  }
  const decoder = await openPictureDecoder();
  const rows: (readonly Pixels[])[] = [];
  const faults: PictureFault[] = [...set.faults];
  for (const [sample, { name, path }] of shown) {
    try {
      const fixed = { augmentation, seed: seedOf(flags), sample, epochs };
      rows.push(await augmentedPictures(decoder, path, { ...loadOptions(flags), size, ...fixed }));
    } catch (error) {
      if (!(error instanceof KcError)) throw error;
      faults.push({ name, path, why: error.diagnostics[0]?.text ?? error.message });
    }
  }
  const terminal = openTerminal();
  sayFaults(faults, terminal);
  if (rows.length === 0) fail("bad-option", "None of the pictures can be used.");
  const bytes = encodePng(contactSheet(rows));
  const quiet = flags.has("quiet");
  const file = { byteLength: bytes.length, chunks: () => [bytes] };
  await writeInterruptibly(output, file, { force: flags.has("force"), quiet }, terminal);
  if (!quiet) {
    terminal.say(
      `${output} written: ${counted(rows.length, "picture")}, each as it is and in ${counted(epochs, "epoch")}`,
    );
  }
  return faults.length === 0 ? 0 : PICTURE_FAULT;
}

function outputOf(flags: FlagReader): string {
  const output = flags.text("output");
  if (output === undefined || !output.toLowerCase().endsWith(".png")) {
    return fail("bad-option", "The pictures are shown in a PNG file.", {
      hint: "Name it: -o sheet.png",
    });
  }
  checkOutput(output, flags.has("force"));
  return output;
}

function loadOptions(flags: FlagReader) {
  return {
    interpolation: flags.oneOf("interpolation", INTERPOLATIONS) ?? "nearest",
    fit: flags.has("keepAspectRatio") ? "center-crop" : "stretch",
    exif: flags.has("exif") ? "turn" : "ignore",
  } as const;
}

/** A folder of classes or a list as training numbers its pictures, else pictures, folders and patterns. */
async function listed(path: string): Promise<PictureSet> {
  if (isListName(path)) return readPictureList(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return listPictures([path]);
  try {
    return listClassFolder(path);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "bad-option") throw error;
    return listPictures([path]);
  }
}

/** So many of the pictures, evenly spread, with their numbers. */
function spread(
  files: readonly PictureFile[],
  count: number,
): readonly (readonly [sample: number, file: PictureFile])[] {
  const numbered = Array.from(files.entries());
  if (count >= files.length) return numbered;
  return Array.from({ length: count }, (_, row) =>
    Math.floor((row * files.length) / count),
  ).flatMap((sample) => numbered.slice(sample, sample + 1));
}

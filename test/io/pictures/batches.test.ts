import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../../src/image/preprocessing.ts";
import { type BatchOptions, pictureBatches } from "../../../src/io/pictures/batches.ts";
import { listPictures } from "../../../src/io/pictures/picture-list.ts";
import type { PictureFile } from "../../../src/io/pictures/picture-set.ts";
import { FIXTURES } from "../../cases.ts";
import { temporaryFolder } from "../../temporary.ts";

const KINDS = join(FIXTURES, "images/kinds");
const OPTIONS = { size: { width: 8, height: 6 }, preprocessing: PRESETS.tf } as const;

async function pictures(): Promise<readonly PictureFile[]> {
  return (await listPictures([KINDS])).files;
}

async function collect(files: readonly PictureFile[], options: Partial<BatchOptions> = {}) {
  const batches = [];
  for await (const batch of pictureBatches(files, { ...OPTIONS, ...options })) batches.push(batch);
  return batches;
}

describe("pictureBatches", () => {
  it("gives every picture in the order of the files, the last batch smaller", async () => {
    const files = await pictures();
    const batches = await collect(files, { batchSize: 10 });
    expect(batches.flatMap((batch) => batch.files)).toEqual(files);
    const last = files.length % 10;
    expect(batches.map((batch) => batch.files.length)).toEqual([10, 10, 10, 10, last]);
    expect(batches.map((batch) => batch.inputs.length)).toEqual(
      batches.map((batch) => batch.files.length * 8 * 6 * 3),
    );
  });

  it("gives the same numbers whatever the batch", async () => {
    const files = await pictures();
    const one = await collect(files, { batchSize: 1 });
    const [all] = await collect(files, { batchSize: 100, lookAhead: 0 });
    expect(one.flatMap((batch) => [...batch.inputs])).toEqual([...(all?.inputs ?? [])]);
  });

  it("tells of files that cannot be loaded, and keeps the batches full", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "in"));
    for (let i = 0; i < 12; i++)
      copyFileSync(join(KINDS, "color.png"), join(folder, `${i + 10}.png`));
    writeFileSync(join(folder, "12.png"), "no picture");
    writeFileSync(join(folder, "21.png"), "");
    const { files } = await listPictures([folder]);
    const gone = { path: join(folder, "gone.png"), name: "gone.png", label: undefined };
    const batches = await collect([...files, gone], { batchSize: 4 });
    expect(batches.map((batch) => batch.files.length)).toEqual([4, 4, 2]);
    expect(
      batches.flatMap(({ faults }) => faults.map(({ name, why }) => `${name}: ${why}`)),
    ).toEqual([
      "12.png: This is no picture, expected JPEG, PNG, WebP, GIF or BMP.",
      "gone.png: It cannot be read: it does not exist.",
    ]);
  });

  it("stops at once when it is told to", async () => {
    const files = await pictures();
    const controller = new AbortController();
    let seen = 0;
    const run = async () => {
      const options = { ...OPTIONS, batchSize: 2, signal: controller.signal };
      for await (const batch of pictureBatches(files, options)) {
        seen += batch.files.length;
        controller.abort(new Error("enough"));
      }
    };
    await expect(run()).rejects.toThrow("enough");
    expect(seen).toBe(2);
  });

  it("leaves nothing behind when the reader stops", async () => {
    for await (const batch of pictureBatches(await pictures(), { ...OPTIONS, batchSize: 2 })) {
      expect(batch.files.length).toBe(2);
      break;
    }
  });

  it("refuses sizes that make no sense", async () => {
    const wrong = collect(await pictures(), { batchSize: 0 });
    await expect(wrong).rejects.toThrow("The batch size is 0, expected a whole number above 0.");
  });
});

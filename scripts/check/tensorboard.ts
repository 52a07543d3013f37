// npm run check:tensorboard: TensorBoard itself reads what the callback of a training run writes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scalarsRecord, versionRecord } from "../../src/formats/tensorboard/events.ts";
import { appendBytes } from "../../src/io/append.ts";
import { conclude } from "./conclude.ts";
import { TENSORBOARD } from "./environments.ts";
import { runPython } from "./python.ts";

const VALUES = [0.5, 1 / 3, 1e-30, -2.5e20];
const TAGS = ["epoch_loss", "epoch_learning_rate"];
const folder = mkdtempSync(join(tmpdir(), "kc-tensorboard-"));
try {
  const path = join(folder, "train", "events.out.tfevents.1700000000.kc.1.0.v2");
  appendBytes(path, versionRecord(1_700_000_000));
  for (const [step, value] of VALUES.entries()) {
    const scalars = TAGS.map((tag, index) => ({ tag, value: value * (index + 1) }));
    appendBytes(path, scalarsRecord(1_700_000_000 + step, step, scalars));
  }
  const told = runPython(TENSORBOARD, "tensorboard_events.py", [join(folder, "train")]);
  const read: Readonly<Record<string, readonly (readonly [number, number])[]>> = JSON.parse(told);
  const wrong = TAGS.filter((tag, index) => {
    const expected = VALUES.map((value, step) => [step, Math.fround(value * (index + 1))]);
    return JSON.stringify(read[tag]) !== JSON.stringify(expected);
  });
  const what = `charts of ${VALUES.length} steps are read by TensorBoard`;
  const faults = wrong.map((tag) => `${tag}: ${JSON.stringify(read[tag])}`);
  conclude(TAGS.length, what, faults);
} finally {
  rmSync(folder, { recursive: true });
}

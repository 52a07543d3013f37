import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readFlags } from "../../src/cli/flag-reader.ts";
import { logCallbacks } from "../../src/cli/train-logs.ts";
import { temporaryFolder } from "../temporary.ts";
import { runOf } from "../train/run-callbacks/run-of.ts";

it("a log that cannot be written any more is told, and the run goes on", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const told: string[] = [];
  const flags = readFlags({ csvLog: join(file, "log.csv"), tensorboard: file });
  const callbacks = logCallbacks(flags, "3.0.0", (text) => told.push(text));
  const run = runOf();
  for (const one of callbacks) await one.onTrainBegin?.(run);
  for (const one of callbacks) await one.onEpochEnd?.(0, { loss: 1 }, run);
  expect(told).toHaveLength(2);
  for (const text of told) expect(text).toMatch(/cannot be written: .* The run goes on\.$/);
});

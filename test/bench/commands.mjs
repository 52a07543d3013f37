import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mobileNet } from "./architectures.mjs";
import { median, peakMemory, times } from "./measure.mjs";
import { writeModel } from "./write-model.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = `${ROOT}.bench/`;
const KC = `${ROOT}bin/kc.js`;
const MODEL = `${CACHE}mobilenet.h5`;
const COREML = `${CACHE}mobilenet.mlmodel`;
const EDITED = `${CACHE}edited.mlmodel`;

/** Commands on MobileNet 1.0, how often, and what is to be reached. */
const COMMANDS = [
  { args: ["summary", MODEL], runs: 9, seconds: 0.25 },
  { args: ["inspect", MODEL], runs: 5 },
  { args: ["inspect", COREML], runs: 5 },
  { args: ["scan", MODEL], runs: 5 },
  { args: ["edit", COREML, EDITED, "--force", "--rename", "input1=image"], runs: 5 },
  { args: ["verify", MODEL, COREML, "--random", "10"], runs: 3, seconds: 20 },
];

/** `npm run bench commands`: whole processes, on MobileNet 1.0 at 224 × 224. */
export async function benchCommands(only) {
  mkdirSync(CACHE, { recursive: true });
  if (!existsSync(MODEL)) await writeModel(mobileNet(), MODEL);
  times(1, process.execPath, [KC, "convert", MODEL, COREML, "--force"]);
  const rows = COMMANDS.filter(({ args }) => only.length === 0 || only.includes(args[0])).map(
    ({ args, runs, seconds }) => {
      const measured = times(runs, process.execPath, [KC, ...args]);
      const row = {
        "min s": Number(measured[0].toFixed(3)),
        "median s": Number(median(measured).toFixed(3)),
        "peak MB": Number(peakMemory([KC, ...args]).toFixed(0)),
        "to reach": seconds === undefined ? "" : `${seconds} s`,
      };
      return [args.join(" ").replaceAll(CACHE, ""), row];
    },
  );
  console.table(Object.fromEntries(rows));
}

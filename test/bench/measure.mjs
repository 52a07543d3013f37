import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const REPORT = fileURLToPath(new URL("report-memory.mjs", import.meta.url));

/** Wall-clock seconds of each of `runs` runs of a whole process, sorted; `before` is called before each. */
export function times(runs, command, args, before = () => {}) {
  const seconds = [];
  for (let run = 0; run < runs; run++) {
    before();
    const start = process.hrtime.bigint();
    runOnce(command, args);
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  return seconds.sort((a, b) => a - b);
}

/** Peak resident memory in MB of one Node process. */
export function peakMemory(args) {
  const result = runOnce(process.execPath, ["--import", REPORT, ...args], 3);
  return Number(result.output[3]) / 1024;
}

/** The middle one of sorted numbers. */
export function median(sorted) {
  return sorted[Math.floor(sorted.length / 2)];
}

function runOnce(command, args, extra) {
  const stdio = ["ignore", "ignore", "pipe", ...(extra === 3 ? ["pipe"] : [])];
  const result = spawnSync(command, args, { stdio, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed (${result.status}):\n${result.stderr}`);
  return result;
}
